import { Hindrances } from '../../lib/client/hindrances.ts'
import type { connectClient } from '../../lib/client/connect.ts'
import type { ProducerSettings } from '../../lib/client/producer/index.ts'
import { GracefulShutdown } from '../../lib/client/graceful-shutdown.ts'
import type { ClientSettings } from '../../lib/client/types.ts'
import type { Context } from '../../lib/command/define.ts'
import { unlessAborted } from '../../lib/command/unless-aborted.ts'
import { EnvironmentError, isExpected, KafkaError } from '../../lib/errors.ts'
import { NO_PROGRESS, startProgress, type Progress } from '../../lib/output/progress.ts'
import type { Order } from '../../lib/work/command.ts'
import { DocumentRecords } from './document-records.ts'
import type { DocumentEncoder, Ignorable } from './document-parser.ts'
import { ChunkCursor, LineCursor } from './line-cursor.ts'
import { LineSender, type Destination, type LineRecords } from './line-sender.ts'
import { LineTransactions } from './line-transactions.ts'
import { FailureReport, Unsent, type Summary } from './report.ts'
import { Source, type SourceOptions } from './source.ts'
import { Target } from './target.ts'
import { TextRecords, type TextRecordsOptions } from './text-records.ts'

/** The topic is undefined where documents name theirs. */
export interface SessionOptions extends SourceOptions {
  readonly client: ClientSettings
  readonly settings: ProducerSettings
  /** How a line of text is read. */
  readonly text: Pick<TextRecordsOptions, 'reader' | 'key' | 'headers'>
  /** Set where lines are JSON documents: the fields that are passed over. */
  readonly ignored?: readonly Ignorable[] | undefined
  /** Makes the records, in place of what text or documents are to begin with. */
  readonly records?: ((maxRequestSize: number) => LineRecords) | undefined
  /** Encodes what documents name schemas for. */
  readonly encoder?: DocumentEncoder | undefined
  readonly isSync: boolean
  readonly showsProgress: boolean
  /** Lines of a transaction; Infinity for one that holds all. Looked at with a transactional id alone. */
  readonly transactionSize?: number | undefined
  readonly connect?: typeof connectClient
}

/** From the first line to the last acknowledgement. */
export class Session {
  private readonly context: Context
  private readonly source: Source
  private readonly sender: LineSender
  private readonly target: Target
  private readonly transactions: LineTransactions | undefined
  private readonly failures: FailureReport
  private readonly hindrances: Hindrances
  private readonly unsent: Unsent
  private readonly progress: Progress

  constructor(
    private readonly options: SessionOptions,
    private readonly order: Pick<Order<unknown>, 'context' | 'voice'>,
  ) {
    const { context, voice } = order
    const { settings, isSync, showsProgress, values, transactionSize = Infinity } = options
    const { style, clock } = (this.context = context)
    this.transactions = settings.transactionalId === null ? undefined : new LineTransactions(transactionSize, voice.say)
    const records = this.records()
    this.sender = new LineSender({
      cursor: values ? new ChunkCursor() : new LineCursor(records.maxLineBytes),
      records,
      isSync,
      clock,
      transactions: this.transactions,
      skipsMark: style === 'kts' && !values,
    })
    this.failures = new FailureReport(voice.say, values && 'record')
    this.hindrances = new Hindrances({ clock, say: (line) => voice.say(this.unsent.behind(line)) })
    this.target = this.makeTarget()
    this.source = new Source(options, order)
    const { source, sender, target, hindrances, transactions } = this
    this.unsent = new Unsent({ source, sender, target, hindrances, transactions })
    const isQuiet = style === 'drop-in' || source.isTyped
    this.progress = isQuiet ? NO_PROGRESS : startProgress(context, { verb: 'produced', forced: showsProgress })
    voice.clear = () => this.progress.clear()
  }

  private records(): LineRecords {
    const { style } = this.context
    const { text, ignored, settings, records, encoder } = this.options
    const { maxRequestSize } = settings
    if (records) return records(maxRequestSize)
    if (ignored === undefined) return new TextRecords({ ...text, maxRequestSize, repairsUtf8: style === 'drop-in' })
    const openTopic = (name: string) => this.unlessInterrupted(() => this.target.topic(name))
    return new DocumentRecords({ ignored, maxRequestSize, openTopic, encoder })
  }

  private makeTarget(): Target {
    const { topic, client, settings, connect } = this.options
    return new Target({
      topic,
      client,
      settings,
      context: this.context,
      hindrances: this.hindrances,
      ...(connect && { connect }),
      events: {
        onFailure: (lines, error) => this.meetFailure(lines, error),
        onSent: (lines, bytes) => this.progress.add(lines.length, bytes),
        onNotice: (sentence, topic) =>
          void this.target.nearTopic(topic).then((hint) => this.order.voice.say(sentence + hint)),
      },
    })
  }

  /**
   * Throws UserError for a file that cannot be read; under `kts` EnvironmentError or KafkaError when the topic is out
   * of reach.
   */
  async run(): Promise<{ summary: Summary; exitCode: number }> {
    const { clock, style, signal, program } = this.context
    const startedMs = clock.now()
    this.context.lastWords(() => {
      const words = this.unsent.lastWords('interrupted by a second signal').map((line) => `${program}: ${line}`)
      return this.source.isAsking ? ['', ...words] : words
    })
    const shutdown = new GracefulShutdown({
      signal,
      clock,
      pending: () => this.unsent.pending(),
      say: this.order.voice.say,
      giveUp: (reason) => this.giveUpAll(reason),
    })
    const unreachable = new AbortController()
    const connected = this.target.prepare()
    connected.catch(() => unreachable.abort())
    try {
      const stop = style === 'kts' ? AbortSignal.any([signal, unreachable.signal]) : signal
      await (this.transactions
        ? this.sendInTransactions(this.transactions, stop)
        : this.sendInput(stop).finally(() => this.flush()))
      // Under kts a dead cluster is worth saying even when there is nothing to send.
      if (style === 'kts' && !signal.aborted) await connected
    } finally {
      shutdown.end()
      this.hindrances.close()
      this.progress.end()
      await this.target.close()
    }
    this.failures.end()
    return { summary: this.summary((clock.now() - startedMs) / 1000), exitCode: this.exitCode() }
  }

  private async flush(): Promise<void> {
    this.sayWhatWaits()
    await this.target.producer?.flush()
  }

  /** At the end of the input, for whoever has typed it. */
  private sayWhatWaits(): void {
    const {
      hindrances,
      unsent,
      context: { signal },
      options: {
        settings: { deliveryTimeoutMs },
      },
    } = this
    const pending = unsent.pending()
    if (signal.aborted || pending === undefined || hindrances.cause() === undefined) return
    this.order.voice.say(
      `waiting for ${pending}, up to ${deliveryTimeoutMs / 1000} s (delivery.timeout.ms); Ctrl-C gives up`,
    )
  }

  private giveUpAll(reason: string): void {
    const error = new KafkaError('REQUEST_TIMED_OUT', this.hindrances.explain(reason))
    // The connection closes at once; that it has closed is no news.
    this.hindrances.close()
    void this.target.giveUp(error)
  }

  private summary(seconds: number): Summary {
    const {
      sender: { lines, bytes },
      transactions,
    } = this
    const { topic = null } = this.options
    if (!transactions)
      return { topic, lines, sent: this.target.producer?.sentRecords ?? 0, failed: this.failures.count, bytes, seconds }
    const { committedLines: sent, count } = transactions
    return { topic, lines, sent, failed: lines - sent, bytes, seconds, transactions: count }
  }

  /** The last transaction is committed when the input has ended, and aborted when something else has ended it. */
  private async sendInTransactions(transactions: LineTransactions, stop: AbortSignal): Promise<void> {
    const {
      sender,
      context: { signal },
    } = this
    try {
      await this.sendInput(stop)
      if (signal.aborted) return await transactions.abort(sender.lines, 'interrupted')
      if (sender.isMalformed) return await transactions.abort(sender.lines, `line ${sender.lines} cannot be read`)
      this.sayWhatWaits()
      await transactions.commit(sender.lines)
    } catch (error) {
      if (!isExpected(error)) throw error
      await transactions.abort(sender.lines, error.message)
      if (transactions.hasFailed) return
      // What has not been said with an aborted transaction is left to the caller.
      if (!signal.aborted) throw error
      this.giveUp(asKafkaError(error))
    }
  }

  private meetFailure(lines: Float64Array, error: KafkaError): void {
    // One line spoils all the others of its transaction: they have a sentence of their own.
    const isConsequence = this.transactions && error.code === 'OPERATION_NOT_ATTEMPTED'
    if (!isConsequence) this.failures.add(lines, error)
  }

  private async sendInput(stop: AbortSignal): Promise<void> {
    const { source, sender, transactions, progress } = this
    const { size, chunks } = await source.open(stop, () => sender.lines)
    let read = 0
    for await (const chunk of chunks) {
      sender.open(chunk)
      if (sender.next()) await this.sendLines()
      if (sender.isStopped || transactions?.isSpoiled) return
      read += chunk.length
      progress.reach(read / size)
    }
    // What an interrupted reader has of a line is not a line.
    if (!stop.aborted && sender.last()) await this.sendLines()
  }

  /** Sends the line that the sender stands at, and the rest of its chunk. */
  private async sendLines(): Promise<void> {
    const { sender, target } = this
    try {
      await sender.sendAll(target.destination ?? (await this.reach()))
    } catch (error) {
      if (!(error instanceof OutOfReach)) throw error
      this.giveUp(error.reason)
    }
  }

  /** Under `kts` a topic that cannot be reached ends it all; Apache's tool goes on reading, and so does the drop-in. */
  private async reach(): Promise<Destination> {
    const { style, signal } = this.context
    try {
      return await this.unlessInterrupted(() => this.target.open())
    } catch (error) {
      if (!isExpected(error) || (style === 'kts' && !signal.aborted)) throw error
      throw new OutOfReach(asKafkaError(error))
    }
  }

  /** Throws EnvironmentError when the signal comes first. */
  private async unlessInterrupted<T>(work: () => Promise<T>): Promise<T> {
    const done = await unlessAborted(this.context.signal, work)
    if (done !== undefined) return done
    throw new EnvironmentError(this.hindrances.explain('interrupted before the topic was reached'))
  }

  /** Fails every line that has been read and has not become a record. */
  private giveUp(error: KafkaError): void {
    const lines = this.sender.abandon()
    if (lines.length > 0) this.failures.add(lines, error)
  }

  private exitCode(): number {
    if (this.sender.isMalformed || this.transactions?.hasFailed) return 1
    // Apache's tool forgives what failed behind its back.
    const counts = this.context.style === 'kts' || this.options.isSync
    return counts && this.failures.count > 0 ? 1 : 0
  }
}

class OutOfReach extends Error {
  constructor(readonly reason: KafkaError) {
    super(reason.message)
  }
}

const asKafkaError = (error: Error): KafkaError =>
  error instanceof KafkaError ? error : new KafkaError('NETWORK_EXCEPTION', error.message)
