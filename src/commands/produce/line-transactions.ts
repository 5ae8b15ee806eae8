import type { Producer, Transactions } from '../../lib/client/producer/index.ts'
import { isExpected } from '../../lib/errors.ts'

/** Gathers lines into transactions of a size; all of them into one when the size is Infinity. */
export class LineTransactions {
  /** The line that fills the open transaction: it is to be committed then, and not when the next line comes. */
  lastLine = 0
  /** Lines that were committed, and in how many transactions. */
  committedLines = 0
  count = 0
  /** Whether lines were taken back, or may have been. */
  hasFailed = false
  private first = 0
  private doing: string | undefined
  private transactions: Transactions | null = null

  /** `say` writes a line to stderr. */
  constructor(
    private readonly size: number,
    private readonly say: (line: string) => void,
  ) {}

  get isOpen(): boolean {
    return this.first > 0
  }

  /** What of the coordinator is waited for; undefined for nothing. */
  get pending(): string | undefined {
    return this.doing && `the coordinator to ${this.doing}`
  }

  /** What becomes of the open transaction, up to this line, when nobody ends it; undefined where none is open. */
  lastWords(lastLine: number): string | undefined {
    if (!this.isOpen) return undefined
    const lines = this.describe(lastLine)
    return this.doing?.startsWith('commit')
      ? `whether the transaction of ${lines} was committed is not known`
      : `the transaction of ${lines} was not committed: the coordinator will abort it (transaction.timeout.ms)`
  }

  /** Opens a transaction with this line. Throws KafkaError or EnvironmentError. */
  async begin({ transactions }: Producer, line: number): Promise<void> {
    await this.during('take the transactional id', () => transactions!.begin())
    this.transactions = transactions
    this.first = line
    this.lastLine = line + this.size - 1
  }

  /** A line of the open transaction could not be sent: reading on is of no use. */
  get isSpoiled(): boolean {
    return this.transactions?.isSpoiled ?? false
  }

  /** Commits what is open, up to this line. Throws KafkaError or EnvironmentError. */
  async commit(lastLine: number): Promise<void> {
    if (!this.isOpen) return
    await this.during(`commit ${this.describe(lastLine)}`, () => this.transactions!.commit())
    this.committedLines = lastLine
    this.count += 1
    this.first = 0
  }

  /** Takes back the lines of the open transaction, up to this one, and says why. */
  async abort(lastLine: number, reason: string): Promise<void> {
    if (!this.isOpen) return
    const lines = this.describe(lastLine)
    this.hasFailed = true
    const failure = await this.during(`abort ${lines}`, () => this.transactions!.abort()).then(
      () => undefined,
      expected,
    )
    this.first = 0
    this.say(
      failure
        ? `the transaction of ${lines} has failed: ${failure.message}`
        : `the transaction of ${lines} was aborted: ${reason}`,
    )
  }

  private async during(doing: string, work: () => Promise<void>): Promise<void> {
    this.doing = doing
    try {
      await work()
    } finally {
      this.doing = undefined
    }
  }

  private describe(lastLine: number): string {
    return this.first === lastLine ? `line ${lastLine}` : `lines ${this.first} to ${lastLine}`
  }
}

function expected(error: unknown): Error {
  if (isExpected(error)) return error
  throw error
}
