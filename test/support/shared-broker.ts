import { afterAll, beforeAll, expect } from 'vitest'
import { startBroker, type RunningBroker } from '../../src/lib/broker/index.ts'
import { connectClient } from '../../src/lib/client/connect.ts'
import type { KafkaClient } from '../../src/lib/client/types.ts'
import { CreateTopics } from '../../src/lib/protocol/apis/create-topics.ts'
import { Produce } from '../../src/lib/protocol/apis/produce.ts'
import { buildBatch, type RecordInput } from '../../src/lib/protocol/records/index.ts'

export interface SharedBroker {
  readonly bootstrapServers: string
  readonly client: KafkaClient
  /** Makes a topic that no other test has, and returns its name. */
  newTopic(options?: { numPartitions?: number; configs?: { name: string; value: string }[] }): Promise<string>
  /** Writes one batch to a partition. */
  write(topic: string, index: number, records: readonly RecordInput[]): Promise<void>
}

/** A broker in memory for all tests of a file, and a client of it. Its fields are good while tests run. */
export function shareBroker(): SharedBroker {
  let broker: RunningBroker
  let client: KafkaClient
  let topics = 0
  beforeAll(async () => {
    broker = await startBroker()
    client = await connectClient({
      bootstrapServers: [broker.bootstrapServers],
      clientId: 'test',
      properties: new Map(),
    })
  })
  afterAll(async () => {
    await client.close()
    await broker.stop()
  })
  return {
    get bootstrapServers() {
      return broker.bootstrapServers
    },
    get client() {
      return client
    },
    async newTopic({ numPartitions = 1, configs = [] } = {}) {
      const name = `topic-${(topics += 1)}`
      await client.send(CreateTopics, { topics: [{ name, numPartitions, replicationFactor: 1, configs }] })
      return name
    },
    async write(topic, index, records) {
      const { topicId } = (await client.metadata([topic])).topics[0]!
      const { responses } = await client.send(Produce, {
        acks: -1,
        timeoutMs: 5000,
        topicData: [{ name: topic, topicId, partitionData: [{ index, records: buildBatch(records) }] }],
      })
      expect(responses[0]!.partitionResponses[0]!.errorCode).toBe(0)
    },
  }
}
