import { Writable } from 'node:stream'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { jsonFormatter, makeFormatter, type Formatter } from '../../../../src/commands/consume/formatters/index.ts'
import { layOutJson } from '../../../../src/lib/json-text.ts'
import {
  formatStringFormatter,
  jsonDecoder,
  parseParts,
  partsFormatter,
  type Look,
} from '../../../../src/commands/consume/formatters/parts.ts'
import { timeFormat } from '../../../../src/commands/consume/formatters/time-format.ts'
import { Output } from '../../../../src/commands/consume/output.ts'
import { PartitionState } from '../../../../src/lib/client/consumer/index.ts'
import {
  AT,
  ATTRIBUTES,
  CODECS,
  RecordReader,
  buildBatch,
  readBatchHeader,
  type BatchHeader,
} from '../../../../src/lib/protocol/records/index.ts'
import { UserError } from '../../../../src/lib/errors.ts'

const PACKAGE = 'org.apache.kafka.tools.consumer.'
const SERIALIZATION = 'org.apache.kafka.common.serialization.'

interface TestRecord {
  readonly key?: string | Buffer | null
  readonly value?: string | Buffer | null
  readonly headers?: readonly { key: string; value: string | Buffer | null }[]
  readonly timestamp?: bigint
}

const toBytes = (value: string | Buffer | null | undefined): Buffer | null =>
  value === null || value === undefined ? null : Buffer.from(value as string)

/** What a formatter writes for the records of a batch at offset 7 of partition 3. */
function format(
  formatter: Formatter,
  records: readonly TestRecord[],
  options: { codec?: number; baseOffset?: bigint; edit?: (batch: Buffer) => void } = {},
): Buffer {
  const chunks: Buffer[] = []
  const output = new Output(
    new Writable({ write: (chunk: Buffer, _encoding, done) => (chunks.push(Buffer.from(chunk)), done()) }),
    () => {},
  )
  const batch = Buffer.from(
    buildBatch(
      records.map(({ key, value, headers = [], timestamp = 1000n }) => ({
        timestamp,
        key: toBytes(key),
        value: toBytes(value),
        headers: headers.map((header) => ({ key: header.key, value: toBytes(header.value) })),
      })),
      { baseOffset: options.baseOffset ?? 7n, codec: options.codec ?? 0 },
    ),
  )
  options.edit?.(batch)
  const header: BatchHeader = readBatchHeader(batch)
  const view = { partition: new PartitionState('top"ic', 3, { offset: 0n }), header }
  const reader = new RecordReader()
  reader.open(batch, 0, header)
  try {
    while (reader.next()) formatter.write(reader, view, output)
  } finally {
    formatter.endBatch?.(output)
    output.flush()
  }
  return Buffer.concat(chunks)
}

const formatterOf = (
  properties: Record<string, string> = {},
  name = 'DefaultMessageFormatter',
  log: (line: string) => void = () => {},
): Formatter => makeFormatter(PACKAGE + name, { properties: new Map(Object.entries(properties)), log })

const LOOK: Look = { formatTime: timeFormat('epoch'), decodeKey: undefined, decodeValue: undefined }

const show = (properties: Record<string, string>, ...records: TestRecord[]): string =>
  format(formatterOf(properties), records).toString()

describe('the default formatter', () => {
  it.each(Object.entries(CODECS))('prints values, a line each, as the bytes that they are (%s)', (_name, codec) => {
    const records = [
      { value: 'one' },
      { value: Buffer.from([0xff, 0xfe, 0x00]) },
      { value: '' },
      { value: 'x'.repeat(1000), key: 'k', headers: [{ key: 'h', value: 'v' }] },
      { value: 'last' },
    ]
    expect(format(formatterOf(), records, { codec })).toEqual(
      Buffer.concat([
        Buffer.from('one\n'),
        Buffer.from([0xff, 0xfe, 0x00, 0x0a]),
        Buffer.from('\n'),
        Buffer.from(`${'x'.repeat(1000)}\nlast\n`),
      ]),
    )
  })

  it('prints nulls as the literal between other values', () => {
    expect(show({}, { value: 'a' }, { value: null }, { value: 'b' }, { value: null })).toBe('a\nnull\nb\nnull\n')
    expect(show({ 'null.literal': 'a very long literal' }, { value: null }, { value: 'b' })).toBe(
      'a very long literal\nb\n',
    )
  })

  it('ends lines as it is told', () => {
    expect(show({ 'line.separator': '##' }, { value: 'a' }, { value: 'b' })).toBe('a##b##')
    expect(show({ 'line.separator': '|' }, { value: 'a' }, { value: 'b' })).toBe('a|b|')
    expect(show({ 'line.separator': '' }, { value: 'a' }, { value: 'b' })).toBe('ab')
    expect(show({ 'line.separator': '\\n' }, { value: 'a' })).toBe('a\\n')
  })

  it("keeps Kafka's order of parts", () => {
    const on = Object.fromEntries(
      ['timestamp', 'partition', 'offset', 'delivery', 'epoch', 'headers', 'key'].map((part) => [
        `print.${part}`,
        'true',
      ]),
    )
    expect(
      show(
        on,
        {
          key: 'k',
          value: 'v',
          headers: [
            { key: 'a', value: '1' },
            { key: 'a', value: null },
          ],
        },
        {},
      ),
    ).toBe(
      'CreateTime:1000\tPartition:3\tOffset:7\tDelivery:NOT_PRESENT\tEpoch:NOT_PRESENT\ta:1,a:null\tk\tv\n' +
        'CreateTime:1000\tPartition:3\tOffset:8\tDelivery:NOT_PRESENT\tEpoch:NOT_PRESENT\tNO_HEADERS\tnull\tnull\n',
    )
  })

  it.each([
    [{ 'print.value': 'false' }, ''],
    [{ 'print.value': 'false', 'print.key': 'true' }, 'k\n'],
    [{ 'print.key': ' TRUE ' }, 'k\tv\n'],
    [{ 'print.key': 'yes' }, 'v\n'],
    [{ 'print.key': 'true', 'key.separator': ' | ' }, 'k | v\n'],
    [{ 'print.offset': 'true', 'print.value': 'false' }, 'Offset:7\n'],
    [{ 'no.such.thing': '1' }, 'v\n'],
    [{ 'print.headers': 'true', 'headers.separator': ';' }, 'h:1;i:2\tv\n'],
  ])('with %j prints %j', (properties, text) => {
    expect(
      show(properties as Record<string, string>, {
        key: 'k',
        value: 'v',
        headers: [
          { key: 'h', value: '1' },
          { key: 'i', value: '2' },
        ],
      }),
    ).toBe(text)
  })

  it('names the kind of timestamp, and takes it from the batch where the broker has set it', () => {
    const records = [
      { value: 'a', timestamp: 1000n },
      { value: 'b', timestamp: 1500n },
    ]
    expect(format(formatterOf({ 'print.timestamp': 'true' }), records).toString()).toBe(
      'CreateTime:1000\ta\nCreateTime:1500\tb\n',
    )
    const edit = (batch: Buffer) => {
      batch.writeInt16BE(ATTRIBUTES.LOG_APPEND_TIME, AT.attributes)
      batch.writeBigInt64BE(9000n, AT.maxTimestamp)
    }
    expect(format(formatterOf({ 'print.timestamp': 'true' }), records, { edit }).toString()).toBe(
      'LogAppendTime:9000\ta\nLogAppendTime:9000\tb\n',
    )
  })

  it('prints offsets that no number holds', () => {
    expect(
      format(formatterOf({ 'print.offset': 'true' }), [{ value: 'a' }, { value: 'b' }], {
        baseOffset: 9007199254740993n,
      }).toString(),
    ).toBe('Offset:9007199254740993\ta\nOffset:9007199254740994\tb\n')
  })

  it('deserializes keys, values and headers, nulls as the bytes of their literal', () => {
    const integer = Buffer.from([0, 0, 0, 7])
    const properties = {
      'print.key': 'true',
      'print.headers': 'true',
      'key.deserializer': `${SERIALIZATION}IntegerDeserializer`,
      'headers.deserializer': `${SERIALIZATION}IntegerDeserializer`,
      'value.deserializer': `${SERIALIZATION}StringDeserializer`,
    }
    expect(show(properties, { key: integer, value: 'v', headers: [{ key: 'h', value: integer }] })).toBe('h:7\t7\tv\n')
    // "null" is four bytes as well.
    expect(show(properties, { key: null, value: null })).toBe('NO_HEADERS\t1853189228\tnull\n')
  })

  it('gives deserializers their properties', () => {
    expect(
      show(
        {
          'value.deserializer': `${SERIALIZATION}StringDeserializer`,
          'value.deserializer.deserializer.encoding': 'ISO-8859-1',
        },
        { value: Buffer.from([0xe4]) },
      ),
    ).toBe('ä\n')
  })

  it('refuses a record that its deserializer cannot read, with what went before left on the line', () => {
    const formatter = formatterOf({ 'print.offset': 'true', 'value.deserializer': `${SERIALIZATION}LongDeserializer` })
    expect(() => format(formatter, [{ value: 'abc' }])).toThrow(UserError)
  })

  it('shows bytes as they are where a deserializer is not known, if its caller says so', () => {
    const bad: unknown[] = []
    const properties = new Map([['value.deserializer', 'no.Such']])
    const formatter = makeFormatter(`${PACKAGE}DefaultMessageFormatter`, {
      properties,
      log() {},
      onBadDeserializer: (error) => bad.push(error),
    })
    expect(format(formatter, [{ value: 'v' }]).toString()).toBe('v\n')
    expect(bad).toHaveLength(1)
    expect(() => formatterOf({ 'value.deserializer': 'no.Such' })).toThrow(UserError)
  })
})

describe('other formatters', () => {
  it('NoOp prints nothing', () => {
    expect(format(formatterOf({}, 'NoOpMessageFormatter'), [{ value: 'v' }]).toString()).toBe('')
  })

  it('Logging prints as usual and keeps a log', () => {
    const lines: string[] = []
    expect(
      format(
        formatterOf({}, 'LoggingMessageFormatter', (line) => lines.push(line)),
        [{ key: 'k', value: 'v' }, {}],
      ).toString(),
    ).toBe('v\nnull\n')
    expect(lines).toEqual(['CreateTime:1000, key:k, value:v', 'CreateTime:1000, key:null value:null'])
  })

  it.each([
    'kafka.tools.DefaultMessageFormatter',
    'no.such.Formatter',
    `${PACKAGE}ShareGroupMessageFormatter`,
    'DefaultMessageFormatter',
    '',
  ])('"%s" is not known', (name) => {
    expect(() => makeFormatter(name, { properties: new Map(), log() {} })).toThrow(UserError)
  })

  it("those for Kafka's own topics print documents with nothing between them", () => {
    const key = (group: string) =>
      Buffer.from(`0002${Buffer.from([0, group.length]).toString('hex')}${Buffer.from(group).toString('hex')}`, 'hex')
    expect(
      format(formatterOf({}, 'GroupMetadataMessageFormatter'), [
        { key: key('a') },
        { key: Buffer.from([0, 99]) },
        { value: 'no key' },
        { key: key('b') },
      ]).toString(),
    ).toBe('{"key":{"type":2,"data":{"group":"a"}},"value":null}{"key":{"type":2,"data":{"group":"b"}},"value":null}')
    expect(format(formatterOf({}, 'OffsetsMessageFormatter'), [{ key: key('a') }]).toString()).toBe('')
    expect(() => format(formatterOf({}, 'TransactionLogMessageFormatter'), [{ key: Buffer.from([0]) }])).toThrow(
      UserError,
    )
  })

  it('JSON keeps everything, bytes that are no text as well', () => {
    const text = format(jsonFormatter({}), [
      {
        key: 'k',
        value: 'line\n"two" ä',
        headers: [
          { key: 'a', value: '1' },
          { key: 'a', value: null },
        ],
      },
      { key: Buffer.from([0xff]), value: null },
    ]).toString()
    expect(
      text
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line) as unknown),
    ).toEqual([
      {
        topic: 'top"ic',
        partition: 3,
        offset: 7,
        timestamp: 1000,
        key: 'k',
        value: 'line\n"two" ä',
        headers: [
          { key: 'a', value: '1' },
          { key: 'a', value: null },
        ],
      },
      { topic: 'top"ic', partition: 3, offset: 8, timestamp: 1000, key: { base64: '/w==' }, value: null, headers: [] },
    ])
  })
})

describe('parts', () => {
  const record: TestRecord = {
    key: 'k',
    value: 'v',
    headers: [
      { key: 'a', value: '1' },
      { key: 'b', value: null },
    ],
  }
  const print = (names: string, separator: string, ...records: TestRecord[]): string =>
    format(partsFormatter(parseParts(names), separator, LOOK), records).toString()

  it('stand in the order in which they are named', () => {
    expect(print('key,headers,timestamp,partition,offset,value,topic', '\t', record)).toBe(
      'k\ta=1,b=null\t1000\t3\t7\tv\ttop"ic\n',
    )
    expect(print('offset, key', '::', record, { value: 'w' })).toBe('7::k\n8::null\n')
    expect(print('key,value', '\\x1f', record)).toBe('k\u001fv\n')
    expect(print('value', ' ', record, { value: null }, { value: 'w' })).toBe('v\nnull\nw\n')
  })

  it('that do not exist are refused, with the near name', () => {
    expect(() => parseParts('key,ofset')).toThrow(/"ofset" is none of .*did you mean offset\?/)
    expect(() => parseParts('')).toThrow(UserError)
  })
})

describe("a format string of kcat's", () => {
  const by = (text: string, ...records: TestRecord[]): Buffer => format(formatStringFormatter(text, LOOK), records)

  it('has its letters and escapes', () => {
    const record = { key: 'key', value: Buffer.from([0xff, 0]), headers: [{ key: 'h', value: 'x' }] }
    expect(by('%t[%p] at %o: %K %k %S %s %T %h 100%%\\n', record)).toEqual(
      Buffer.from('top"ic[3] at 7: 3 key 2 \xff\0 1000 h=x 100%\n', 'latin1'),
    )
    expect(by('\\t|\\r|\\x41\\xe4|\\\\|\\q|\\', record)).toEqual(Buffer.from('\t|\r|A\xe4|\\|q|\\', 'latin1'))
    expect(by('ä', record).toString()).toBe('ä')
  })

  it('shows nothing for null, and its length as -1', () => {
    expect(by('<%k %K|%s %S|%h>', {}).toString()).toBe('< -1| -1|>')
  })

  it.each(['%', '%x', 'a%'])('"%s" is refused', (text) => {
    expect(() => formatStringFormatter(text, LOOK)).toThrow(UserError)
  })
})

describe('times', () => {
  it.each([
    ['iso', '2026-11-20T13:00:05.007Z'],
    ['epoch', '1795179605007'],
    ['local', '2026-11-20 13:00:05.007'],
  ] as const)('as %s', (name, text) => {
    const { TZ } = process.env
    process.env['TZ'] = 'UTC'
    try {
      expect(timeFormat(name)(1795179605007)).toBe(text)
    } finally {
      if (TZ === undefined) delete process.env['TZ']
      else process.env['TZ'] = TZ
    }
    expect([-1, 2n ** 62n].map(timeFormat(name))).toEqual(['-1', String(2n ** 62n)])
  })

  it('are written so in the lines of every form', () => {
    const formatTime = timeFormat('iso')
    const options = { properties: new Map([['print.timestamp', 'true']]), log() {}, formatTime }
    expect(format(makeFormatter(`${PACKAGE}DefaultMessageFormatter`, options), [{ value: 'v' }]).toString()).toBe(
      'CreateTime:1970-01-01T00:00:01.000Z\tv\n',
    )
    expect(format(jsonFormatter({ formatTime }), [{}]).toString()).toContain('"timestamp":"1970-01-01T00:00:01.000Z",')
  })
})

describe('values that are JSON', () => {
  it('are laid out anew, and keep their digits', () => {
    const text = ' { "n" : 12345678901234567890.10 ,\n "a" : [ 1 , { } , [ ] , "x [1 , 2] \\" y" ] , "e" : {} } '
    expect(layOutJson(text)).toBe('{"n":12345678901234567890.10,"a":[1,{},[],"x [1 , 2] \\" y"],"e":{}}')
    expect(layOutJson(text, true)).toBe(
      '{\n  "n": 12345678901234567890.10,\n  "a": [\n    1,\n    {},\n    [],\n    "x [1 , 2] \\" y"\n  ],\n  "e": {}\n}',
    )
    expect(['1e400', '"a b"', 'null', '[ ]'].map((json) => layOutJson(json))).toEqual(['1e400', '"a b"', 'null', '[]'])
    expect(['', 'one', '{"a":1', '01', 'NaN'].map((json) => layOutJson(json))).toEqual(Array(5).fill(undefined))
  })

  it('mean the same as before', () => {
    fc.assert(
      fc.property(fc.json(), fc.boolean(), (text, isIndented) => {
        const parsed = JSON.parse(text) as unknown
        expect(layOutJson(JSON.stringify(parsed, null, 3), isIndented)).toBe(
          JSON.stringify(parsed, null, isIndented ? 2 : 0),
        )
      }),
    )
  })

  it('are part of a JSON document; of those that are none the first is named', () => {
    const said: string[] = []
    const decodeValue = jsonDecoder('value', false, (line) => said.push(line))
    const records = [{ value: '{ "id": 9007199254740993 }' }, { value: 'plain' }, { value: '"' }, { value: null }]
    const lines = format(jsonFormatter({ decodeValue }), records).toString().split('\n').filter(Boolean)
    expect(lines.map((line) => /"value":(.*),"headers/.exec(line)![1])).toEqual([
      '{"id":9007199254740993}',
      '"plain"',
      '"\\""',
      'null',
    ])
    expect(said).toEqual(['the value at offset 8 of top"ic-3 is not JSON; such text is shown as a string'])
    const look = { ...LOOK, decodeValue: jsonDecoder('value', true, () => {}) }
    expect(format(partsFormatter(['value'], '', look), [{ value: '[1]' }]).toString()).toBe('[\n  1\n]\n')
  })
})
