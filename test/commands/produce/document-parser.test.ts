import { describe, expect, test } from 'vitest'
import { DocumentError, DocumentParser, type Ignorable } from '../../../src/commands/produce/document-parser.ts'
import { encodeHeaders } from '../../../src/lib/protocol/records/index.ts'

function parse(document: unknown, ignored: readonly Ignorable[] = []) {
  const parser = new DocumentParser(ignored)
  parser.parse(typeof document === 'string' ? document : JSON.stringify(document))
  const { topic, partition, timestampMs, bytes, hasKey, keyEnd, hasValue, valueEnd, headers } = parser
  return {
    topic,
    partition,
    timestampMs,
    headers,
    key: hasKey ? Buffer.from(bytes.subarray(0, keyEnd)) : null,
    value: hasValue ? Buffer.from(bytes.subarray(keyEnd, valueEnd)) : null,
  }
}

describe('a document', () => {
  test('may hold a value alone', () => {
    expect(parse({ value: 'v' })).toEqual({
      topic: undefined,
      partition: -1,
      timestampMs: undefined,
      headers: null,
      key: null,
      value: Buffer.from('v'),
    })
    expect(parse({ value: null, key: '', topic: null, partition: null, timestamp: null, headers: null })).toMatchObject(
      { value: null, key: Buffer.alloc(0), partition: -1, timestampMs: undefined, headers: null },
    )
  })

  test('may hold all that consume prints', () => {
    const document = {
      topic: 't',
      partition: 2,
      offset: '9007199254740993',
      timestamp: -1,
      key: { base64: '/w==' },
      value: 'ü€😀',
      headers: [
        { key: 'h', value: 'ä' },
        { key: 'h', value: null },
        { key: { base64: 'gA==' }, value: { base64: '' } },
      ],
    }
    expect(parse(document)).toEqual({
      topic: 't',
      partition: 2,
      timestampMs: -1,
      key: Buffer.from([255]),
      value: Buffer.from('ü€😀'),
      headers: encodeHeaders([
        { key: 'h', value: Buffer.from('ä') },
        { key: 'h', value: null },
        { key: Buffer.from([128]), value: Buffer.alloc(0) },
      ]),
    })
  })

  test('may be larger than those before', () => {
    const [key, value] = ['k'.repeat(100_000), '€'.repeat(1_000_000)]
    const parsed = parse({ key, value })
    expect([parsed.key!.equals(Buffer.from(key)), parsed.value!.equals(Buffer.from(value))]).toEqual([true, true])
  })

  test('has fields that can be passed over, whatever they hold', () => {
    expect(
      parse({ value: '', partition: 1, timestamp: 'x', headers: [{ key: 'h', value: '' }] }, ['timestamp', 'headers']),
    ).toMatchObject({ partition: 1, timestampMs: undefined, headers: null })
    expect(
      [-1000, '-1000', '9007199254740993', '-9223372036854775808'].map(
        (timestamp) => parse({ value: '', timestamp }).timestampMs,
      ),
    ).toEqual([-1000, -1000, 9_007_199_254_740_993n, -(2n ** 63n)])
    expect(parse({ value: '', partition: 'x', timestamp: 7 }, ['partition'])).toMatchObject({
      partition: -1,
      timestampMs: 7,
    })
  })
})

test.each([
  ['{"value":', 'no JSON: '],
  ['[1]', 'no JSON object'],
  ['null', 'no JSON object'],
  ['"text"', 'no JSON object'],
  ['{"key":"k"}', '"value" is missing'],
  ['{"value":"v","Key":"k"}', '"Key" is no field of a document; known are topic, '],
  ['{"value":5}', '"value" is no string'],
  ['{"value":{"a":1}}', '"value" is no string'],
  ['{"value":{"base64":"","b":1}}', '"value" is no string'],
  ['{"key":["a"],"value":""}', '"key" is no string'],
  ['{"value":{"base64":"_w=="}}', '"value" is no base64'],
  ['{"value":{"base64":"/w"}}', '"value" is no base64'],
  ['{"value":{"base64":"/x=="}}', '"value" is no base64'],
  ['{"value":"\\ud800"}', 'half of a surrogate pair'],
  ['{"value":"","headers":[{"key":"\\udc00","value":null}]}', '"key" of header 1 has half'],
  ['{"value":"","topic":7}', '"topic" is no name'],
  ['{"value":"","topic":""}', '"topic" is no name'],
  ['{"value":"","partition":-1}', '"partition" is no number'],
  ['{"value":"","partition":1.5}', '"partition" is no number'],
  ['{"value":"","partition":"1"}', '"partition" is no number'],
  ['{"value":"","partition":2147483648}', '"partition" is no number'],
  ['{"value":"","timestamp":1.5}', '"timestamp" is no whole number'],
  ['{"value":"","timestamp":"2026-01-01"}', '"timestamp" is no whole number'],
  ['{"value":"","timestamp":9007199254740992}', 'beyond 2^53 it stands in a string'],
  ['{"value":"","timestamp":"9223372036854775808"}', '"timestamp" is no whole number'],
  ['{"value":"","timestamp":""}', '"timestamp" is no whole number'],
  ['{"value":"","timestamp":true}', '"timestamp" is no whole number'],
  ['{"value":"","headers":{}}', '"headers" is no list'],
  ['{"value":"","headers":["h"]}', 'header 1 is no {'],
  ['{"value":"","headers":[{"key":"h","value":""},{"key":"h"}]}', '"value" of header 2 is missing'],
  ['{"value":"","headers":[{"value":null}]}', '"key" of header 1 is no string'],
  ['{"value":"","headers":[{"key":"h","value":null,"x":1}]}', '"x" is no field of a header'],
])('%s is refused', (line, reason) => {
  expect(() => parse(line)).toThrow(DocumentError)
  expect(() => parse(line)).toThrow(reason)
})
