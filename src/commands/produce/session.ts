import { Hindrances } from '../../lib/client/hindrances.ts'
import type { connectClient } from '../../lib/client/connect.ts'
import type { ProducerSettings } from '../../lib/client/producer/index.ts'
import { GracefulShutdown } from '../../lib/client/graceful-shutdown.ts'
import type { ClientSettings } from '../../lib/client/types.ts'
import type { Context } from '../../lib/command/define.ts'
import { EnvironmentError, isExpected, KafkaError } from '../../lib/errors.ts'
import { startProgress, type Progress } from '../../lib/output/progress.ts'
import { say } from '../../lib/output/say.ts'
import { DocumentRecords } from './document-records.ts'
import type { Ignorable } from './document-parser.ts'
import { FailureReport } from './failure-report.ts'
import { openInput } from './input.ts'
import { LineError } from './line-parser.ts'
import type { Destination, LineRecords } from './line-records.ts'
import { LineSender } from './line-sender.ts'
import { LineTransactions } from './line-transactions.ts'
import type { ReaderSettings } from './reader-settings.ts'
import type { Summary } from './summary.ts'
import { Target } from './target.ts'
import { TextRecords } from './text-records.ts'
import { Unsent } from './unsent.ts'

export interface SessionOptions {
  /** Undefined where documents name their topics. */
  readonly topic: string | undefined
  readonly client: ClientSettings
  readonly settings: ProducerSettings
  /** How a line of text is read. */
  readonly reader: ReaderSettings
  /** Set where lines are JSON documents: the fields that are passed over. */
  readonly ignored?: readonly Ignorable[] | undefined
  readonly inputFile: string | undefined
  readonly isSync: boolean
  readonly showsProgress: boolean
  /** Lines of a transaction; Infinity for one that holds all. Looked at with a transactional id alone. */
  readonly transactionSize?: number
  readonly connect?: typeof connectClient
}

/** From the first line to the last acknowledgement. */
export class Session {
  private readonly sender: LineSender
  private readonly target: Target
  private readonly transactions: LineTransactions | undefined
  private readonly failures: FailureReport
  private readonly hindrances: Hindrances
  private readonly unsent: Unsent
  private readonly prompt: Context['stdout'] | null
  private readonly progress: Progress | null
  /** A line could not be read: the rest of the input is not looked at. */
  private isMalformed = false
  /** Whether the question for a line is the last thing on the screen. */
  private isAsking = false
  private hasEnded = false
  private readonly unreachable = new AbortController()

  constructor(
    private readonly options: SessionOptions,
    private readonly context: Context,
  ) {
    const { settings, isSync, inputFile, topic, client, connect, showsProgress } = options
    const { style, clock } = context
    const isDropIn = style === 'drop-in'
    const { transactionSize = Infinity } = options
    this.transactions =
      settings.transactionalId === null ? undefined : new LineTransactions(transactionSize, (line) => this.say(line))
    this.sender = new LineSender({
      records: this.records(),
      isSync,
      clock,
      transactions: this.transactions,
      skipsMark: !isDropIn,
    })
    this.failures = new FailureReport((line) => this.say(line))
    const hindrances = (this.hindrances = new Hindrances({ clock, say: (line) => this.say(this.unsent.behind(line)) }))
    const target = (this.target = new Target({
      topic,
      client,
      settings,
      context,
      hindrances,
      ...(connect && { connect }),
      events: {
        onFailure: (lines, error) => this.meetFailure(lines, error),
        onSent: (lines, bytes) => this.progress?.add(lines.length, bytes),
        onNotice: (sentence) => this.say(sentence),
      },
    }))
    this.unsent = new Unsent({ sender: this.sender, target, hindrances, transactions: this.transactions })
    // Apache's tool asks on stdout; to us a prompt is no data.
    const screen = isDropIn ? context.stdout : context.stderr
    this.prompt = context.stdin.isTTY && screen.isTTY && (inputFile ?? '-') === '-' ? screen : null
    const isQuiet = isDropIn || this.prompt !== null
    this.progress =
      isQuiet && !showsProgress ? null : startProgress(context, { verb: 'produced', forced: showsProgress })
  }

  private records(): LineRecords {
    const {
      reader,
      ignored,
      settings: { maxRequestSize },
    } = this.options
    const { style, signal } = this.context
    if (ignored === undefined) return new TextRecords({ reader, maxRequestSize, repairsUtf8: style === 'drop-in' })
    return new DocumentRecords({
      ignored,
      maxRequestSize,
      openTopic: (name) => untilAborted(this.target.topic(name), signal, this.hindrances),
    })
  }

  /**
   * Throws UserError for a file that cannot be read; under `kts` EnvironmentError or KafkaError when the topic is out
   * of reach.
   */
  async run(): Promise<{ summary: Summary; exitCode: number }> {
    const { clock, style, signal } = this.context
    const startedMs = clock.now()
    this.context.lastWords(() => this.unsent.lastWords('interrupted by a second signal').map((line) => this.line(line)))
    const shutdown = new GracefulShutdown({
      signal,
      clock,
      pending: () => this.unsent.pending(),
      say: (line) => this.say(line),
      giveUp: (reason) => this.giveUpAll(reason),
    })
    const connected = this.target.prepare()
    connected.catch(() => this.unreachable.abort())
    try {
      await (this.transactions
        ? this.sendInTransactions(this.transactions)
        : this.sendInput().finally(() => this.flush()))
      // Under kts a dead cluster is worth saying even when there is nothing to send.
      if (style === 'kts' && !signal.aborted) await connected
    } finally {
      shutdown.end()
      this.hindrances.close()
      this.progress?.end()
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
    this.say(`waiting for ${pending}, up to ${deliveryTimeoutMs / 1000} s (delivery.timeout.ms); Ctrl-C gives up`)
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
  private async sendInTransactions(transactions: LineTransactions): Promise<void> {
    const {
      sender,
      context: { signal },
    } = this
    try {
      await this.sendInput()
      if (signal.aborted) return await transactions.abort(sender.lines, 'interrupted')
      if (this.isMalformed) return await transactions.abort(sender.lines, `line ${sender.lines} cannot be read`)
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

  private async sendInput(): Promise<void> {
    const { sender } = this
    const { style, signal } = this.context
    const stop = style === 'kts' ? AbortSignal.any([signal, this.unreachable.signal]) : signal
    const { size, chunks } = await openInput(this.options.inputFile, this.context, stop)
    let read = 0
    this.ask(1)
    for await (const chunk of chunks) {
      const before = sender.lines
      this.isAsking = false
      sender.open(chunk)
      if (sender.next()) await this.sendLines()
      if (sender.isStopped || this.transactions?.isSpoiled) return
      this.ask(sender.lines - before)
      read += chunk.length
      this.progress?.reach(read / size)
    }
    this.hasEnded = true
    // What an interrupted reader has of a line is not a line.
    if (!stop.aborted && sender.last()) await this.sendLines()
  }

  /** Sends the line that the sender stands at, and the rest of its chunk. */
  private async sendLines(): Promise<void> {
    const { sender, target, failures } = this
    try {
      await sender.sendAll(target.destination ?? (await this.reach()))
    } catch (error) {
      if (error instanceof OutOfReach) return this.giveUp(error.reason)
      if (!(error instanceof LineError)) throw error
      this.isMalformed = true
      sender.taken = sender.lines
      failures.add(Float64Array.of(sender.lines), new KafkaError('INVALID_RECORD', error.message))
    }
    target.producer!.drain()
  }

  /** Under `kts` a topic that cannot be reached ends it all; Apache's tool goes on reading, and so does the drop-in. */
  private async reach(): Promise<Destination> {
    const { style, signal } = this.context
    try {
      return await untilAborted(this.target.open(), signal, this.hindrances)
    } catch (error) {
      if (!isExpected(error) || (style === 'kts' && !signal.aborted)) throw error
      throw new OutOfReach(asKafkaError(error))
    }
  }

  /** Fails every line that has been read and has not become a record. */
  private giveUp(error: KafkaError): void {
    const { sender } = this
    const lines = sender.untaken()
    sender.taken = sender.lines
    if (lines.length > 0) this.failures.add(lines, error)
    if (this.options.isSync) sender.isStopped = true
  }

  private exitCode(): number {
    if (this.isMalformed || this.transactions?.hasFailed) return 1
    // Apache's tool forgives what failed behind its back.
    const counts = this.context.style === 'kts' || this.options.isSync
    return counts && this.failures.count > 0 ? 1 : 0
  }

  private ask(times: number): void {
    if (this.prompt === null) return
    this.isAsking = true
    this.prompt.write('>'.repeat(times))
  }

  private say(line: string): void {
    this.progress?.clear()
    if (this.isAsking) this.context.stderr.write('\n')
    void say(this.context, line)
    const isAskedAgain = this.isAsking && !this.hasEnded && !this.context.signal.aborted
    this.isAsking = false
    if (isAskedAgain && this.context.style === 'kts') this.ask(1)
  }

  /** On a line of its own, where somebody is asked for one. */
  private line(line: string): string {
    return `${this.isAsking ? '\n' : ''}${this.context.program}: ${line}`
  }
}

class OutOfReach extends Error {
  constructor(readonly reason: KafkaError) {
    super(reason.message)
  }
}

const asKafkaError = (error: Error): KafkaError =>
  error instanceof KafkaError ? error : new KafkaError('NETWORK_EXCEPTION', error.message)

/** Throws EnvironmentError when the signal comes first. */
function untilAborted<T>(work: Promise<T>, signal: AbortSignal, hindrances: Hindrances): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = (): void =>
      reject(new EnvironmentError(hindrances.explain('interrupted before the topic was reached')))
    if (signal.aborted) stop()
    signal.addEventListener('abort', stop, { once: true })
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop))
  })
}
