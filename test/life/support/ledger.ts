import { expect } from 'vitest'
import { systemClock } from '../../../src/lib/clock.ts'
import { isExpected } from '../../../src/lib/errors.ts'
import { Requester } from '../../../src/lib/broker/network/requester.ts'
import { sockets } from '../../../src/lib/broker/network/sockets.ts'
import { Fetch } from '../../../src/lib/protocol/apis/fetch.ts'
import { Produce } from '../../../src/lib/protocol/apis/produce.ts'
import { batches, buildBatch, RecordReader } from '../../../src/lib/protocol/records/index.ts'
import type { LifeCluster } from './cluster.ts'

const ASK_MS = 1500
const MOST_BYTES = 1 << 24

/**
 * Writes to every broker in turn with `acks=all`, and reads from every one, whoever believes that it leads. What was
 * acknowledged and what was read is kept, and in the end has to be there.
 */
export class Ledger {
  /** Values by offset. */
  readonly acknowledged = new Map<bigint, string>()
  readonly seen = new Map<bigint, string>()
  #isRunning = true
  #count = 0
  readonly #work: Promise<unknown>

  private constructor(
    private readonly cluster: LifeCluster,
    private readonly topicId: string,
    private readonly partition: number,
    private readonly padding: string,
  ) {
    this.#work = Promise.all([...cluster.nodes.keys()].flatMap((id) => [this.#write(id), this.#read(id)]))
  }

  /** Of one partition; every record has at least so many bytes. */
  static async open(cluster: LifeCluster, topic: string, { bytes = 0, partition = 0 } = {}): Promise<Ledger> {
    const { topicId } = await cluster.topic(topic, 1)
    return new Ledger(cluster, topicId, partition, 'x'.repeat(bytes))
  }

  /** Resolves once so many more have been acknowledged. */
  async more(count: number): Promise<void> {
    const goal = this.acknowledged.size + count
    while (this.acknowledged.size < goal) {
      if (!this.#isRunning) throw new Error('the ledger is closed')
      await new Promise((resolve) => setImmediate(resolve))
    }
  }

  /** Ends the work, and compares it with the log of the leader. */
  async check(leader: number): Promise<void> {
    await this.close()
    const kept = await this.#values(this.#requester(leader), new Map())
    expect(kept.size).toBeGreaterThan(0)
    for (const [offset, value] of [...this.acknowledged, ...this.seen])
      expect([offset, kept.get(offset)]).toEqual([offset, value])
  }

  async close(): Promise<void> {
    this.#isRunning = false
    await this.#work
  }

  #requester(id: number): Requester {
    const address = { host: '127.0.0.1', port: this.cluster.node(id).broker.port }
    return new Requester({ network: sockets, clock: systemClock, address, clientId: 'ledger' })
  }

  async #write(id: number): Promise<void> {
    await this.#again(id, async (requester) => {
      const value = `${id} ${(this.#count += 1)} ${this.padding}`
      const records = buildBatch([{ timestamp: BigInt(Date.now()), key: null, value: Buffer.from(value) }])
      const { responses } = await requester.ask(
        Produce,
        {
          acks: -1,
          timeoutMs: ASK_MS / 2,
          topicData: [{ topicId: this.topicId, partitionData: [{ index: this.partition, records }] }],
        },
        ASK_MS,
      )
      const { errorCode, baseOffset } = responses[0]!.partitionResponses[0]!
      if (errorCode === 0) this.acknowledged.set(baseOffset, value)
      return errorCode === 0
    })
  }

  async #read(id: number): Promise<void> {
    await this.#again(id, async (requester) => {
      const before = this.seen.size
      await this.#values(requester, this.seen)
      return this.seen.size > before
    })
  }

  /** Reads on from what is there already; another value at the same offset would be a loss. */
  async #values(requester: Requester, values: Map<bigint, string>): Promise<Map<bigint, string>> {
    for (let next = BigInt(values.size); ; ) {
      const { responses } = await requester.ask(
        Fetch,
        {
          maxWaitMs: 100,
          minBytes: 1,
          maxBytes: MOST_BYTES,
          topics: [
            {
              topicId: this.topicId,
              partitions: [{ partition: this.partition, fetchOffset: next, partitionMaxBytes: MOST_BYTES }],
            },
          ],
        },
        ASK_MS,
      )
      const { errorCode, records } = responses[0]!.partitions[0]!
      if (errorCode !== 0 || records === null || records.length === 0) return values
      const reader = new RecordReader()
      for (const { header, at } of batches(records)) {
        reader.open(records, at, header)
        for (; reader.next(); next = header.baseOffset + BigInt(reader.offsetDelta) + 1n) {
          const value = reader.body.subarray(reader.valueStart, reader.valueStart + reader.valueLength).toString()
          const offset = header.baseOffset + BigInt(reader.offsetDelta)
          expect([offset, values.get(offset) ?? value]).toEqual([offset, value])
          values.set(offset, value)
        }
      }
    }
  }

  /** Whoever does not answer, or does not lead, is asked again a moment later. */
  async #again(id: number, ask: (requester: Requester) => Promise<boolean>): Promise<void> {
    const requester = this.#requester(id)
    while (this.#isRunning) {
      const isOfUse = await ask(requester).catch((error: unknown) => {
        if (!isExpected(error)) throw error
        return false
      })
      if (!isOfUse) await new Promise((resolve) => void systemClock.after(20, () => resolve(null)))
    }
    requester.close()
  }
}
