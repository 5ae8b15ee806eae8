import { RecordReader, batches, isCrcValid, type RecordHeader } from '../../../../src/lib/protocol/records/index.ts'

export interface PlainRecord {
  offset: bigint
  timestamp: bigint
  key: Buffer | null
  value: Buffer | null
  headers: RecordHeader[]
}

/** Every record of a log as an object, its checksums checked. */
export function recordsOf(log: Buffer): PlainRecord[] {
  const reader = new RecordReader()
  const records: PlainRecord[] = []
  for (const { header, at } of batches(log)) {
    if (!isCrcValid(log, at, header)) throw new Error(`wrong checksum at ${at}`)
    reader.open(log, at, header)
    while (reader.next()) {
      records.push({
        offset: header.baseOffset + BigInt(reader.offsetDelta),
        timestamp: header.baseTimestamp + BigInt(reader.timestampDelta),
        key: part(reader.body, reader.keyStart, reader.keyLength),
        value: part(reader.body, reader.valueStart, reader.valueLength),
        headers: reader.headers(),
      })
    }
  }
  return records
}

const part = (body: Buffer, start: number, length: number): Buffer | null =>
  length < 0 ? null : Buffer.from(body.subarray(start, start + length))

const textOf = (bytes: Buffer | null): string | null => bytes?.toString() ?? null

/** The same, as text, without what changes from run to run. */
export function textsOf(log: Buffer): unknown[] {
  return recordsOf(log).map(({ key, value, headers }) => ({
    key: textOf(key),
    value: textOf(value),
    headers: headers.map((header) => [header.key, textOf(header.value)]),
  }))
}
