import {
  Consumer,
  Delivery,
  type Assignment,
  type ConsumerParts,
  type ConsumerSettings,
  type RecordSink,
} from '../../../lib/client/consumer/index.ts'
import type { RecordReader } from '../../../lib/protocol/records/index.ts'
import type { FoundOffset } from '../../../lib/client/admin/list-offsets.ts'
import type { KafkaClient } from '../../../lib/client/types.ts'
import type { Context } from '../../../lib/command/define.ts'
import { EnvironmentError } from '../../../lib/errors.ts'
import type { Message } from './messages.ts'
import { say } from '../../../lib/output/say.ts'

/** How long a record may take from the broker to here. */
const TIMEOUT_MS = 60_000

/** Reads what is appended to partitions behind the offsets that it is given. */
export class EndReader {
  private readonly arrived: Message[] = []
  private readonly consumer: Consumer
  private readonly delivery: Delivery

  constructor(
    client: KafkaClient,
    settings: ConsumerSettings,
    ends: readonly FoundOffset[],
    private readonly context: Context,
  ) {
    const { clock, stderr, program, signal } = context
    this.consumer = new Consumer({
      client,
      settings,
      clock,
      notice: (line) => void say({ stderr, program }, line),
      assign: (parts) => fromEnds(parts, ends),
    })
    this.delivery = new Delivery(collector(this.arrived), {
      ...settings,
      maxRecords: Infinity,
      isStopped: () => this.consumer.isStopped,
    })
    signal.addEventListener('abort', () => this.consumer.stop(), { once: true })
  }

  /**
   * The records that have come since the last call: one at least, unless the signal was raised. Throws EnvironmentError
   * when none comes.
   */
  async next(): Promise<readonly Message[]> {
    const deadlineMs = this.context.clock.now() + TIMEOUT_MS
    while (this.arrived.length === 0) {
      const records = await this.consumer.next(deadlineMs)
      if (this.consumer.isStopped) return []
      if (!records) throw new EnvironmentError(`The record that was sent has not come back within ${TIMEOUT_MS} ms`)
      await this.delivery.deliver(records)
      this.consumer.release(records)
    }
    return this.arrived.splice(0)
  }

  async close(): Promise<void> {
    await this.consumer.close(true)
  }
}

/** Adds the partitions as soon as their leaders are known. */
function fromEnds({ reader }: ConsumerParts, ends: readonly FoundOffset[]): Assignment {
  return {
    topics: () => [...new Set(ends.map(({ topic }) => topic))],
    onMetadata() {
      for (const { offset, ...partition } of ends) {
        if (!reader.has(partition)) reader.add(partition, { offset })
      }
      return false
    },
    pump: () => Infinity,
    close: async () => {},
  }
}

function collector(messages: Message[]): RecordSink {
  const part = ({ body }: RecordReader, start: number, length: number): Buffer | null =>
    length < 0 ? null : Buffer.from(body.subarray(start, start + length))
  return {
    batch() {},
    record: (record) =>
      void messages.push({
        key: part(record, record.keyStart, record.keyLength),
        value: part(record, record.valueStart, record.valueLength),
        headers: record.headers().map(({ key, value }) => ({ key, value: value && Buffer.from(value) })),
      }),
    endBatch() {},
    ready: () => undefined,
  }
}
