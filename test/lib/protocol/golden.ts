import { readFileSync } from 'node:fs'
import { batches, RecordReader, type BatchHeader } from '../../../src/lib/protocol/records/index.ts'

/**
 * What Apache Kafka 4.3.0 wrote: a folder formatted by `kafka-storage format --standalone`, started as broker and
 * controller, some topics, users, quotas and ACLs made and removed, and stopped. `records.jsonl` is what its
 * `kafka-dump-log --cluster-metadata-decoder` says of the log, a record a line.
 */
export const golden = (name: string): Buffer =>
  readFileSync(new URL(`../../protocol/metadata-log-4.3.0/${name}`, import.meta.url))

export const BOOTSTRAP = 'bootstrap.checkpoint'
export const FIRST_SNAPSHOT = '00000000000000000000-0000000000.checkpoint'
export const LATER_SNAPSHOT = '00000000000000000034-0000000001.checkpoint'
export const LOG = '00000000000000000000.log'
export const RECORDS = 'records.jsonl'

export interface GoldenBatch {
  readonly header: BatchHeader
  readonly bytes: Buffer
}

export const batchesOf = (file: Buffer): GoldenBatch[] =>
  [...batches(file)].map(({ header, at }) => ({ header, bytes: file.subarray(at, at + header.sizeInBytes) }))

export function valuesOf({ header, bytes }: GoldenBatch): Buffer[] {
  const reader = new RecordReader()
  reader.open(bytes, 0, header)
  const values: Buffer[] = []
  while (reader.next()) values.push(reader.body.subarray(reader.valueStart, reader.valueStart + reader.valueLength))
  return values
}
