import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { parseProperties, PropertiesError } from '../../src/lib/properties.ts'

/** Documents, and what `java.util.Properties.load` (Java 17) makes of each; null where it refuses. */
const golden = JSON.parse(readFileSync(new URL('properties.golden.json', import.meta.url), 'utf8')) as [
  string,
  Record<string, string> | null,
][]

test.each(golden)('%j is read as Java reads it', (text, wanted) => {
  if (wanted === null) expect(() => parseProperties(text)).toThrow(PropertiesError)
  else expect(Object.fromEntries(parseProperties(text))).toEqual(wanted)
})

test('keys keep the order in which they first appear', () => {
  expect([...parseProperties('b=1\na=2\nb=3')]).toEqual([
    ['b', '3'],
    ['a', '2'],
  ])
})
