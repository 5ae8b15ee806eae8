import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { avroFormat } from '../../../../src/lib/schemas/avro/index.ts'
import type { SchemaFormat } from '../../../../src/lib/schemas/format.ts'
import { jsonFormat } from '../../../../src/lib/schemas/json/index.ts'

/**
 * Pairs of schemas of Karapace's tests (Aiven, Apache-2.0) with its verdicts, where other tests have no such pair:
 * tests/unit/test_avro_compatibility.py and tests/unit/compatibility/jsonschema/test_jsonschema_compatibility.py. Those
 * of Protobuf are in ../protobuf/compatibility.test.ts.
 */
interface Case {
  readonly type: 'AVRO' | 'JSON'
  readonly test: string
  readonly reader: unknown
  readonly writer: unknown
  readonly isCompatible: boolean
}

const cases = readFileSync(new URL('cases.ndjson', import.meta.url), 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as Case)

const FORMATS: Readonly<Record<Case['type'], SchemaFormat>> = { AVRO: avroFormat, JSON: jsonFormat }

/**
 * Where kts differs, by reader and writer. It asks whether every value of the writer is one of the reader: `true` takes
 * every value, `false` gives none, a property or an item that may be anything takes what is there, and nothing is told
 * of a pattern that every name matches.
 */
const DIFFERENT = new Map<string, boolean>([
  ['{"type":"array","items":[{"type":"integer"}]} {"type":"array","items":{"type":"integer"}}', true],
  ['false true', false],
  ['{"type":"object","additionalProperties":false,"properties":{"a":{"type":"integer"}}} false', true],
  ['{"type":"object","properties":{"a":{}}} {"type":"object"}', true],
  [
    '{"type":"object","patternProperties":{"^a*":{}}} {"type":"object","additionalProperties":false,"properties":{"b":{"type":"integer"}}}',
    true,
  ],
  ['{"type":"object","properties":{"a":{}}} {"type":"object","propertyNames":{"pattern":"a*"}}', true],
  ['{"type":"object","propertyNames":{"pattern":"a*"}} {"type":"object","properties":{"a":{}}}', false],
  [
    '{"type":"object","additionalProperties":false,"required":["b"],"properties":{"a":{"type":"integer"},"b":{"type":"integer"}}} false',
    true,
  ],
  ['{"not":true} false', true],
  ['{"not":{}} false', true],
  ['true {"not":{}}', true],
  ['true {"not":true}', true],
  ['true {"type":"boolean"}', true],
  ['true {"type":"array","items":{"type":"integer"}}', true],
  ['true {"type":"array","items":{"type":"number"}}', true],
])

/** The default of an enum that is no symbol of it: Java's parser refuses it, and Python's does not look. */
const isParsed = ({ reader }: Case): boolean =>
  JSON.stringify(reader) !== '{"type":"enum","default":"B","name":"test_default","symbols":["A"]}'

describe('verdicts on the cases of Karapace', () => {
  it.each(cases.filter(isParsed).map((one, index) => [`${index} ${one.test}`, one] as const))('%s', (_, one) => {
    const { type, isCompatible } = one
    const [reader, writer] = [one.reader, one.writer].map((schema) => JSON.stringify(schema)) as [string, string]
    const format = FORMATS[type]
    const verdict = format.incompatibilities(format.parse(reader), format.parse(writer)).length === 0
    expect(verdict).toBe(DIFFERENT.get(`${reader} ${writer}`) ?? isCompatible)
  })

  it('differ in as many cases as are listed', () => {
    const listed = cases.filter(({ reader, writer }) =>
      DIFFERENT.has(`${JSON.stringify(reader)} ${JSON.stringify(writer)}`),
    )
    expect(listed.length).toBe(DIFFERENT.size)
    expect(cases.length).toBeGreaterThan(180)
  })
})
