import { expect, it } from 'vitest'
import { javaDouble } from '../../../../src/lib/java/number.ts'
import {
  CLUSTER_METADATA_RECORDS,
  decodeMetadataRecord,
  encodeMetadataRecord,
  messageJson,
  readFramedRecord,
} from '../../../../src/lib/protocol/internal-records/index.ts'
import { LATEST_LEVEL, levelOf } from '../../../../src/lib/protocol/metadata-version.ts'
import { batchesOf, golden, LATER_SNAPSHOT, LOG, RECORDS, valuesOf } from '../golden.ts'

const recordsOf = (file: string): Buffer[] =>
  batchesOf(golden(file))
    .filter(({ header }) => !header.isControl)
    .flatMap(valuesOf)

it('reads what Kafka wrote as its own tool does', () => {
  const said = recordsOf(LOG).map((value) => {
    const message = readFramedRecord(CLUSTER_METADATA_RECORDS, value)
    return `{"type":"${message.type.name}","version":${message.version},"data":${messageJson(message, { double: javaDouble })}}`
  })
  const lines = golden(RECORDS).toString().trim().split('\n')
  expect(said).toEqual(lines.filter((line) => !/"type":"(LeaderChange|KRaft\w+)"/.test(line)))
})

it.each([LOG, LATER_SNAPSHOT])('writes the records of %s as Kafka did', (file) => {
  for (const value of recordsOf(file)) {
    const record = decodeMetadataRecord(value)
    const written = encodeMetadataRecord(record, LATEST_LEVEL)
    // Kafka takes the lowest version that holds the change; ours is the highest, with the same bytes behind it.
    const isChange = record.type === 'BROKER_REGISTRATION_CHANGE_RECORD'
    const from = isChange ? 3 : 0
    expect(written.subarray(from)).toEqual(value.subarray(from))
  }
})

it('leaves out what an older version has no room for', () => {
  const partition = {
    type: 'PARTITION_RECORD',
    partitionId: 1,
    replicas: [1],
    directories: ['c0DebIx3pGtwv9XGdhYCnA'],
    eligibleLeaderReplicas: [2],
  } as const
  const at = (release: string) => {
    const value = encodeMetadataRecord(partition, levelOf(release)!)
    return { version: readFramedRecord(CLUSTER_METADATA_RECORDS, value).version, ...decodeMetadataRecord(value) }
  }
  expect(at('3.6')).toMatchObject({ version: 0, replicas: [1], directories: [], eligibleLeaderReplicas: null })
  expect(at('3.9')).toMatchObject({ version: 1, directories: partition.directories, eligibleLeaderReplicas: null })
  expect(at('4.0')).toMatchObject({ version: 2, directories: partition.directories, eligibleLeaderReplicas: [2] })
})
