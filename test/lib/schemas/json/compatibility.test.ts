import { readFileSync } from 'node:fs'
import { expect, it, describe } from 'vitest'
import { jsonFormat } from '../../../../src/lib/schemas/json/index.ts'

interface Case {
  readonly id: string
  readonly compatibility: 'backward' | 'both' | 'none'
  readonly original: unknown
  readonly updated: unknown
}

const { tests } = JSON.parse(readFileSync(new URL('apicurio-compatibility.json', import.meta.url), 'utf8')) as {
  tests: Case[]
}

const canRead = (reader: unknown, writer: unknown): boolean => {
  const [newer, older] = [reader, writer].map((schema) => jsonFormat.parse(JSON.stringify(schema)))
  return jsonFormat.incompatibilities(newer!, older!).length === 0
}

describe('verdicts on the cases of Apicurio Registry', () => {
  it.each(tests.map((one, index) => [`${index} ${one.id}`, one] as const))('%s', (_, one) => {
    const { compatibility, original, updated } = one
    const verdict = [canRead(updated, original), canRead(original, updated)]
    expect(verdict).toEqual([compatibility !== 'none', compatibility === 'both'])
  })
})
