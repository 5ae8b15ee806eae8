import { describe, expect, it } from 'vitest'
import { MalformedError } from '../../../../src/lib/errors.ts'
import { Writer } from '../../../../src/lib/protocol/bytes.ts'
import {
  CLASSIC_GROUP_RECORDS,
  CLUSTER_METADATA_RECORDS,
  CONSUMER_GROUP_RECORDS,
  groupMetadataJson,
  messageJson,
  readCoordinatorRecord,
  readFramedRecord,
} from '../../../../src/lib/protocol/internal-records/index.ts'

const bytes = (hex: string): Buffer => Buffer.from(hex.replaceAll(' ', ''), 'hex')
const metadata = (hex: string): string => messageJson(readFramedRecord(CLUSTER_METADATA_RECORDS, bytes(hex)))

/** What Kafka's own tool says, up to what it found wrong inside a message. */
describe('a record with a frame', () => {
  it('is a frame version, a kind, a version and the message', () => {
    expect(metadata('01 0c 00 02 66 001e 00')).toBe('{"name":"f","featureLevel":30}')
  })

  it.each([
    ['', 'Error while reading frame version'],
    ['01', 'Error while reading type'],
    ['01 0c', 'Error while reading version'],
    [
      '00 0c 00',
      'Could not deserialize metadata record with frame version 0. Note that upgrades from the preview release of KRaft in 2.8 to newer versions are not supported.',
    ],
    [
      '02 0c 00',
      'Could not deserialize metadata record due to unknown frame version 2(only frame version 1 is supported)',
    ],
    ['01 ffff03 00', 'Value for type was too large.'],
    ['01 63 00', 'org.apache.kafka.common.errors.UnsupportedVersionException: Unknown metadata id 99'],
    ['01 0c 00 02 66 00', 'Failed to deserialize record with type 12'],
    ['01 0c 00 02 66 001e 00 0000', 'Found 2 byte(s) of garbage after 12'],
    ['01 0c 07 02 66 001e 00', 'Version 7 of FEATURE_LEVEL_RECORD is not known, the latest is 0.'],
  ])('is refused: %s', (hex, message) => {
    expect(() => metadata(hex)).toThrow(new MalformedError(message))
  })
})

describe('a record of a coordinator', () => {
  const read = (key: string, value: string | null) =>
    readCoordinatorRecord(CONSUMER_GROUP_RECORDS, bytes(key), value === null ? null : bytes(value))
  const KEY = '0003 0001 67'

  it('has its number in the key', () => {
    expect(read(KEY, '0000 00000007 00')).toMatchObject({
      type: 3,
      name: 'CONSUMER_GROUP_METADATA',
      key: { values: { groupId: 'g' } },
      value: { version: 0, values: { epoch: 7 } },
    })
    expect(read(KEY, null)).toMatchObject({ value: null })
    expect(read('0063', null)).toBeUndefined()
  })

  it.each([
    ['00', null, "Could not read version from key's buffer."],
    [
      '0003 0002 67',
      null,
      "Could not read record with version 0 from key's buffer due to: 2 bytes wanted at 4, 1 left.",
    ],
    [KEY, '00', "Could not read version from value's buffer."],
    [KEY, '0001 00000007 00', 'Found an unknown record version 1 for 3 type'],
    [KEY, '0000 0000', "Could not read record with version 0 from value's buffer due to: 4 bytes wanted at 2, 2 left."],
  ])('is refused: %s, %s', (key, value, message) => {
    expect(() => read(key, value)).toThrow(new MalformedError(message))
  })
})

describe('the JSON of a message', () => {
  const quota = (value: number): string => {
    const writer = new Writer()
    CLUSTER_METADATA_RECORDS.get(14)!
      .codec(0)
      .write(writer, {
        entity: [{ entityType: '\u0001\u001f"\\u00ab', entityName: null }],
        key: 'k',
        value,
        remove: false,
      })
    return messageJson(
      readFramedRecord(CLUSTER_METADATA_RECORDS, Buffer.concat([bytes('010e00'), writer.toBuffer()])),
      { double: (number) => number.toFixed(2) },
    )
  }

  it('escapes as Jackson does, and asks its form how numbers look', () => {
    expect(quota(0.5)).toBe(
      '{"entity":[{"entityType":"\\u0001\\u001F\\"\\\\u00ab","entityName":null}],"key":"k","value":0.50,"remove":false}',
    )
    expect([quota(NaN), quota(-Infinity)].map((json) => /"value":([^,]*)/.exec(json)![1])).toEqual([
      '"NaN"',
      '"-Infinity"',
    ])
  })

  it('leaves out tagged fields that have their default, and shows null where that is none', () => {
    const shown = (hex: string): string =>
      messageJson(readCoordinatorRecord(CONSUMER_GROUP_RECORDS, bytes('0005 0001 67 0001 6d'), bytes(hex))!.value!)
    const MEMBER = '0000 00 00 02 63 02 68 01 00 00000001 00'
    const json =
      '"instanceId":null,"rackId":null,"clientId":"c","clientHost":"h","subscribedTopicNames":[],"subscribedTopicRegex":null,"rebalanceTimeoutMs":1,"serverAssignor":null'
    expect(shown(`${MEMBER} 00`)).toBe(`{${json}}`)
    expect(shown(`${MEMBER} 01 00 01 00`)).toBe(`{${json},"classicMemberMetadata":null}`)
    expect(shown(`${MEMBER} 01 00 07 01 00000009 01 00`)).toBe(
      `{${json},"classicMemberMetadata":{"sessionTimeoutMs":9,"supportedProtocols":[]}}`,
    )
  })

  it('lays the subscriptions of consumers open, where they can be read', () => {
    const shown = (protocolType: string, subscription: Buffer): string => {
      const type = CLASSIC_GROUP_RECORDS.get(2)!.value
      const writer = new Writer()
      type.codec(3).write(writer, {
        protocolType,
        members: [{ memberId: 'm', subscription, assignment: bytes('0001 00000000 ffffffff') }],
      })
      const json = groupMetadataJson(
        readCoordinatorRecord(
          CLASSIC_GROUP_RECORDS,
          bytes('0002 0001 67'),
          Buffer.concat([bytes('0003'), writer.toBuffer()]),
        )!.value!,
      )
      return /"subscription".*(?=\}\]\})/.exec(json)![0]
    }
    const SUBSCRIPTION = bytes('0000 00000001 0001 74 ffffffff')
    const assignment = '"assignment":{"assignedPartitions":[],"userData":null}'
    expect(shown('consumer', SUBSCRIPTION)).toBe(`"subscription":{"topics":["t"],"userData":null},${assignment}`)
    expect(shown('consumer', SUBSCRIPTION.subarray(0, 8))).toBe(`"subscription":"AAAAAAABAAE=",${assignment}`)
    expect(shown('connect', SUBSCRIPTION)).toBe('"subscription":"AAAAAAABAAF0/////w==","assignment":"AAEAAAAA/////w=="')
  })
})
