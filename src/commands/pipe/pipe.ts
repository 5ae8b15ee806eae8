import {
  type Consumer,
  Delivery,
  IdleLimit,
  type ConsumerSettings,
  type FetchedRecords,
  type Subscription,
} from '../../lib/client/consumer/index.ts'
import { groupAssignment, type GroupAssignment, type GroupSettings } from '../../lib/client/group/index.ts'
import type { Hindrances } from '../../lib/client/hindrances.ts'
import {
  Producer,
  type ProducerSettings,
  type TopicWriter,
  type Transactions,
} from '../../lib/client/producer/index.ts'
import type { KafkaClient } from '../../lib/client/types.ts'
import { GracefulShutdown } from '../../lib/client/graceful-shutdown.ts'
import type { Context } from '../../lib/command/define.ts'
import { withNearTopic } from '../../lib/work/near-names.ts'
import { openConsumer } from '../../lib/work/reading.ts'
import { isExpected, KafkaError } from '../../lib/errors.ts'
import { startProgress, type Progress } from '../../lib/output/progress.ts'
import type { Voice } from '../../lib/output/voice.ts'
import { Batch } from './batch.ts'
import { FilterFailure } from './filter.ts'
import { BatchWriter } from './writer.ts'

/** What has been committed; also the answer in JSON. */
export interface Summary {
  /** Records that were read. */
  records: number
  /** Records that were written. */
  written: number
  transactions: number
  /** Transactions that were aborted and begun anew, since the group dealt out its partitions meanwhile. */
  repeated: number
}

export interface PipeParts {
  readonly from: Subscription
  readonly to: string
  readonly client: KafkaClient
  readonly producer: ProducerSettings
  readonly consumer: ConsumerSettings
  readonly group: GroupSettings
  /** A command and its arguments; empty for none. */
  readonly command: readonly string[]
  readonly keepsKey: boolean
  readonly batchSize: number
  readonly maxRecords: number
  /** End when no record has come for so long. */
  readonly idleMs: number
  readonly showsProgress: boolean
  readonly hindrances: Hindrances
}

/** No batch grows much beyond this, however many records it may have. */
const MAX_BATCH_BYTES = 8 * 1024 * 1024

/** The batch is read again by whoever has the partition now; or the broker asks for just that. */
const PASSING: ReadonlySet<string> = new Set([
  'ILLEGAL_GENERATION',
  'STALE_MEMBER_EPOCH',
  'UNKNOWN_MEMBER_ID',
  'REBALANCE_IN_PROGRESS',
  'TRANSACTION_ABORTABLE',
])

/**
 * Reads batch by batch; each is one transaction, of what is written and the offsets that were read (KIP-98, KIP-447).
 */
export class Pipe {
  private readonly summary: Summary = { records: 0, written: 0, transactions: 0, repeated: 0 }
  private readonly producer: Producer
  private readonly transactions: Transactions
  private readonly consumer: Consumer
  private readonly progress: Progress
  private readonly idle: IdleLimit
  private assignment!: GroupAssignment
  /** What has been fetched and not all been read. */
  private chunk: FetchedRecords | undefined
  /** The transaction under way. */
  private working: Promise<void> = Promise.resolve()
  /** What cannot be left as it is: a transaction, or the beginning of one. */
  private pending: string | undefined
  private readonly givenUp = new AbortController()

  constructor(
    private readonly parts: PipeParts,
    private readonly context: Context,
    private readonly voice: Voice,
  ) {
    const { client, from, group, consumer: settings, hindrances } = parts
    const { clock } = context
    this.idle = new IdleLimit(clock, parts.idleMs)
    this.producer = new Producer(client, parts.producer, {
      clock,
      hindrances,
      onNotice: voice.say,
      onFailure: () => {},
    })
    this.transactions = this.producer.transactions!
    this.consumer = openConsumer({
      client,
      settings,
      context,
      voice,
      assign: (consumerParts) =>
        (this.assignment = groupAssignment(consumerParts, {
          group,
          settings,
          subscription: from,
          notice: voice.say,
          printed: async () => true,
          settled: () => this.working.catch(() => {}),
        })),
    })
    this.progress = startProgress(context, { verb: 'passed', forced: parts.showsProgress })
    voice.clear = () => this.progress.clear()
  }

  /** Runs until a limit, a signal or a failure ends it. Throws KafkaError or EnvironmentError. */
  async run(): Promise<{ summary: Summary; exitCode: number }> {
    const { signal } = this.context
    const stop = (): void => this.consumer.stop()
    const shutdown = this.startShutdown()
    if (signal.aborted) stop()
    signal.addEventListener('abort', stop)
    try {
      // Before offsets are asked for: those that an earlier run left open hold up the answer.
      this.pending = 'the coordinator to take the transactional id'
      await this.transactions.init()
      this.pending = `topic ${this.parts.to}`
      const { clock, cwd, env, stderr } = this.context
      const writer = new BatchWriter(await this.openTopic(this.parts.to), this.producer, this.parts, {
        clock,
        cwd,
        env,
        stderr,
        signal: this.givenUp.signal,
      })
      this.pending = undefined
      await this.passAll(writer)
      return { summary: this.summary, exitCode: 0 }
    } catch (error) {
      if (!(error instanceof FilterFailure)) throw error
      // Ctrl-C at a terminal ends the command as well.
      if (!signal.aborted) this.voice.say(`${error.message}; its batch was not written`)
      return { summary: this.summary, exitCode: error.exitCode }
    } finally {
      signal.removeEventListener('abort', stop)
      this.progress.end()
      await this.consumer
        .close(true, signal.aborted ? 'hurried' : this.idle.isOver ? 'idle' : 'unhurried')
        .catch((error: unknown) => this.sayExpected(error))
      this.producer.close()
      shutdown.end()
    }
  }

  /** A line on what hinders, with what waits for it. */
  sayHindrance(line: string): void {
    const { waitingRecords: count } = this.producer
    this.voice.say(count === 0 ? line : `${line}, ${count} ${count === 1 ? 'record waits' : 'records wait'}`)
  }

  private startShutdown(): GracefulShutdown {
    const {
      context: { clock, signal, program },
      parts: { hindrances, client },
    } = this
    this.context.lastWords(() => {
      const sentence = hindrances.explain('interrupted by a second signal')
      return this.pending === undefined
        ? []
        : [
            `${program}: ended without ${this.pending}: ${sentence}; what was not committed is read again at the next start`,
          ]
    })
    return new GracefulShutdown({
      signal,
      clock,
      say: this.voice.say,
      pending: () => this.pending && hindrances.aside(this.pending),
      giveUp: (reason) => {
        const error = new KafkaError('REQUEST_TIMED_OUT', hindrances.explain(reason))
        hindrances.close()
        this.givenUp.abort()
        this.producer.giveUp(error)
        void client.close()
      },
    })
  }

  private async openTopic(name: string): Promise<TopicWriter> {
    try {
      return await this.producer.topic(name)
    } catch (error) {
      throw await withNearTopic(error, name, this.parts.client, this.context)
    }
  }

  private async passAll(writer: BatchWriter): Promise<void> {
    for (let batch = await this.gather(); batch; batch = await this.gather()) {
      const count = batch.records.length
      this.pending = `the commit of ${count} ${count === 1 ? 'record' : 'records'}`
      this.working = this.pass(batch, writer)
      await this.working
      this.pending = undefined
    }
  }

  /** The records that are there, as soon as there is one; undefined at the end. */
  private async gather(): Promise<Batch | undefined> {
    const {
      consumer,
      idle,
      parts: { batchSize, maxRecords, consumer: settings },
    } = this
    const limit = Math.min(batchSize, maxRecords - this.summary.records)
    if (limit <= 0 || consumer.isStopped) return undefined
    idle.restart()
    let open: { batch: Batch; delivery: Delivery } | undefined
    for (;;) {
      this.chunk ??= await consumer.next(idle.deadlineMs)
      if (!this.chunk) return undefined
      open ??= this.open(limit, settings)
      const { seen } = open.delivery
      await open.delivery.deliver(this.chunk)
      if (open.delivery.isDone) return open.batch
      consumer.release(this.chunk)
      this.chunk = undefined
      const { records, bytes } = open.batch
      if (records.length > 0 && (!consumer.hasRecords || bytes >= MAX_BATCH_BYTES)) return open.batch
      if (open.delivery.seen === seen && idle.isOver) return records.length > 0 ? open.batch : undefined
      if (records.length === 0) open = undefined
    }
  }

  private open(maxRecords: number, settings: ConsumerSettings): { batch: Batch; delivery: Delivery } {
    const batch = new Batch(this.assignment.metadata())
    return {
      batch,
      delivery: new Delivery(batch, { ...settings, maxRecords, isStopped: () => batch.bytes >= MAX_BATCH_BYTES }),
    }
  }

  private async pass(batch: Batch, writer: BatchWriter): Promise<void> {
    const { transactions, summary } = this
    const ends = batch.ends()
    await transactions.begin()
    try {
      const written = await writer.write(batch)
      await transactions.sendOffsets(ends, batch.group)
      await transactions.commit()
      summary.records += batch.records.length
      summary.written += written
      summary.transactions += 1
      this.progress.add(batch.records.length, batch.bytes)
      this.progress.reach(summary.records / this.parts.maxRecords)
    } catch (error) {
      await this.takeBack(batch, error)
    }
  }

  /** Throws the error unless the same records can be read again, by us or by somebody else. */
  private async takeBack(batch: Batch, error: unknown): Promise<void> {
    if (!isExpected(error) && !(error instanceof FilterFailure)) throw error
    const failure = await this.transactions.abort().then(
      () => undefined,
      (reason: unknown) => reason,
    )
    if (failure !== undefined && !isExpected(failure)) throw failure
    if (failure !== undefined || !(error instanceof KafkaError) || !PASSING.has(error.code)) throw error
    this.summary.repeated += 1
    this.voice.say(`${error.message}; its batch is read again`)
    this.assignment.seek(batch.starts)
  }

  private sayExpected(error: unknown): void {
    if (!isExpected(error)) throw error
    if (!this.givenUp.signal.aborted) this.voice.say(error.message)
  }
}
