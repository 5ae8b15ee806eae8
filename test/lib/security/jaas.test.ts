import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { parseJaas } from '../../../src/lib/security/jaas.ts'
import { UserError } from '../../../src/lib/errors.ts'

/** Texts of sasl.jaas.config, and what Apache Kafka 4.3.0 makes of each (jaas/record.mjs); null where it refuses. */
const golden = JSON.parse(readFileSync(new URL('jaas/golden.json', import.meta.url), 'utf8')) as [
  string,
  { loginModule: string; options: Record<string, string> } | null,
][]

describe('parseJaas', () => {
  it.each(golden)('reads %j as Kafka reads it', (text, wanted) => {
    if (wanted === null) return expect(() => parseJaas(text)).toThrow(UserError)
    const { loginModule, options } = parseJaas(text)
    expect({ loginModule, options: Object.fromEntries(options) }).toEqual(wanted)
  })

  it.each([
    'Module required a="s3cret',
    'Module maybe a="s3cret";',
    's3cret',
    'Module required "s3cret";',
    'Module required a=b "s3cret" c=d;',
    'M required a=b; M required p=s3cret;',
  ])('repeats nothing of what it cannot read: %j', (text) => {
    expect(() => parseJaas(text)).toThrow('sasl.jaas.config cannot be read')
    expect(() => parseJaas(text)).not.toThrow('s3cret')
  })
})
