import { AbortedFilter } from '../../src/lib/client/consumer/aborted-filter.ts'
import type { KafkaClient } from '../../src/lib/client/types.ts'
import { Fetch } from '../../src/lib/protocol/apis/fetch.ts'
import { batches, RecordReader } from '../../src/lib/protocol/records/index.ts'

const READ_COMMITTED = 1

/** The values of all committed records of a topic, partition by partition. */
export async function valuesOf(client: KafkaClient, topic: string): Promise<(string | null)[]> {
  const { topics } = await client.metadata([topic])
  const [{ topicId, partitions }] = topics as [(typeof topics)[number]]
  const values: (string | null)[] = []
  for (const { partitionIndex, leaderId } of partitions) {
    for (let fetchOffset = 0n; ; ) {
      const { responses } = await client.send(
        Fetch,
        {
          maxWaitMs: 0,
          minBytes: 0,
          maxBytes: 64 * 1024 * 1024,
          isolationLevel: READ_COMMITTED,
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
      const fetched = responses[0]!.partitions[0]!
      if (fetched.errorCode !== 0) throw new Error(`Fetch: ${fetched.errorCode}`)
      const records = fetched.records ?? Buffer.alloc(0)
      const filter = new AbortedFilter(fetched.abortedTransactions ?? [])
      const from = fetchOffset
      for (const { header, at } of batches(records)) {
        fetchOffset = header.lastOffset + 1n
        if (filter.isAborted(records, at, header) || header.isControl) continue
        const reader = new RecordReader()
        reader.open(records, at, header)
        while (reader.next())
          values.push(
            reader.valueLength < 0
              ? null
              : reader.body.toString('utf8', reader.valueStart, reader.valueStart + reader.valueLength),
          )
      }
      if (fetchOffset === from) break
    }
  }
  return values
}
