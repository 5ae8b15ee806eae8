import { timestampOf } from '../../src/lib/client/consumer/index.ts'
import type { KafkaClient } from '../../src/lib/client/types.ts'
import { Fetch } from '../../src/lib/protocol/apis/fetch.ts'
import { batches, RecordReader } from '../../src/lib/protocol/records/index.ts'

/** A record as it lies in the log, every byte of it in hexadecimal. */
export interface StoredRecord {
  readonly timestamp: number | bigint
  readonly key: string | null
  readonly value: string | null
  readonly headers: readonly (readonly [key: string, value: string | null])[]
}

/**
 * All records of a topic, partition by partition, in the order of their offsets; markers are none, rolled back ones
 * are.
 */
export async function storedRecords(client: KafkaClient, topic: string): Promise<StoredRecord[][]> {
  const { topics } = await client.metadata([topic])
  const [{ topicId, partitions }] = topics as [(typeof topics)[number]]
  const logs: StoredRecord[][] = []
  for (const { partitionIndex, leaderId } of partitions) {
    const log: StoredRecord[] = (logs[partitionIndex] = [])
    for (let fetchOffset = 0n, before = -1n; fetchOffset > before; ) {
      before = fetchOffset
      const { responses } = await client.send(
        Fetch,
        {
          maxWaitMs: 0,
          minBytes: 0,
          maxBytes: 64 * 1024 * 1024,
          sessionEpoch: -1,
          topics: [
            {
              topic,
              topicId,
              partitions: [{ partition: partitionIndex, fetchOffset, partitionMaxBytes: 64 * 1024 * 1024 }],
            },
          ],
        },
        { nodeId: leaderId },
      )
      const records = responses[0]!.partitions[0]!.records ?? Buffer.alloc(0)
      for (const { header, at } of batches(records)) {
        fetchOffset = header.lastOffset + 1n
        if (!header.isControl) log.push(...recordsIn(records, at, header))
      }
    }
  }
  return logs
}

function recordsIn(buffer: Buffer, at: number, header: Parameters<RecordReader['open']>[2]): StoredRecord[] {
  const reader = new RecordReader()
  const found: StoredRecord[] = []
  reader.open(buffer, at, header)
  while (reader.next()) {
    const hex = (start: number, length: number): string | null =>
      length < 0 ? null : reader.body.toString('hex', start, start + length)
    found.push({
      timestamp: timestampOf(reader, { ...header, isLogAppendTime: false }),
      key: hex(reader.keyStart, reader.keyLength),
      value: hex(reader.valueStart, reader.valueLength),
      headers: reader
        .rawHeaders()
        .map(({ key, value }) => [key.toString('hex'), value && value.toString('hex')] as const),
    })
  }
  return found
}
