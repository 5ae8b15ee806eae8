import type { Hindrances } from '../../lib/client/hindrances.ts'
import { KafkaError } from '../../lib/errors.ts'
import { formatBytes, formatCount } from '../../lib/output/progress.ts'
import type { LineSender } from './line-sender.ts'
import type { LineTransactions } from './line-transactions.ts'
import type { Source } from './source.ts'
import type { Target } from './target.ts'

/** What became of the lines; also the answer in JSON. */
export interface Summary {
  /** Null where each line named its own. */
  readonly topic: string | null
  /** Lines read. */
  readonly lines: number
  readonly sent: number
  readonly failed: number
  /** Bytes of the lines read, without their ends. */
  readonly bytes: number
  readonly seconds: number
  /** How many were committed; missing without a transactional id. Then only committed lines count as sent. */
  readonly transactions?: number
}

/** What is sent, in words: a line, or a record that an option holds. */
export type Unit = 'line' | 'record'

export function describeSummary(
  { topic, sent, failed, bytes, seconds, transactions }: Summary,
  unit: Unit = 'line',
): string {
  const failures = failed === 0 ? '' : `, ${formatCount(failed)} not sent`
  const inTransactions = transactions === undefined ? '' : ` in ${countOf(transactions, 'transaction')}`
  return `${countOf(sent, unit)} sent${topic === null ? '' : ` to ${topic}`}${inTransactions}${failures} (${formatBytes(bytes)}, ${seconds.toFixed(1)} s)`
}

const MOST_LINES = 20
const MOST_PER_LINE = 5

/** Names the lines that were not sent, and why; after twenty sentences it only counts. */
export class FailureReport {
  /** Lines that failed so far. */
  count = 0
  private written = 0
  private unnamed = 0

  /** `say` writes a line to stderr. */
  constructor(
    private readonly say: (line: string) => void,
    private readonly unit: Unit = 'line',
  ) {}

  /** Takes a batch's worth of line numbers, in rising order, that failed for the same reason. */
  add(lines: Float64Array, error: KafkaError): void {
    this.count += lines.length
    if (this.written === MOST_LINES) {
      this.unnamed += lines.length
      return
    }
    this.written += 1
    this.say(`${describeLines(lines, this.unit)} not sent: ${describeError(error)}`)
  }

  /** Says how many there were that had no sentence of their own. */
  end(): void {
    if (this.unnamed > 0) this.say(`${this.unnamed} more ${this.unit}s were not sent`)
  }
}

/** `line 7 was`, `lines 7 to 900 were`, `lines 1, 3, 5 to 7 and 34 more were`. */
function describeLines(lines: Float64Array, unit: Unit): string {
  if (lines.length === 1) return `${unit} ${lines[0]} was`
  const ranges: string[] = []
  let named = 0
  for (let at = 0; at < lines.length && ranges.length < MOST_PER_LINE; ) {
    let last = at
    while (last + 1 < lines.length && lines[last + 1] === lines[last]! + 1) last += 1
    ranges.push(last === at ? `${lines[at]}` : `${lines[at]} to ${lines[last]}`)
    named = at = last + 1
  }
  const rest = lines.length - named
  return `${unit}s ${ranges.join(', ')}${rest > 0 ? ` and ${rest} more` : ''} were`
}

function describeError({ code, message }: KafkaError): string {
  return message.includes(code) ? message : `${code}: ${message}`
}

interface Parts {
  readonly source: Source
  readonly sender: LineSender
  readonly target: Target
  readonly hindrances: Hindrances
  readonly transactions: LineTransactions | undefined
}

/** What has been read and not been sent, in words for whoever waits for it. */
export class Unsent {
  constructor(private readonly parts: Parts) {}

  /** How many lines. */
  get count(): number {
    const { source, sender, target } = this.parts
    return (target.producer?.waitingRecords ?? 0) + sender.lines - sender.taken + source.queued
  }

  /** A sentence with the number of lines behind it. */
  behind(sentence: string): string {
    const { count } = this
    return count === 0 ? sentence : `${sentence}, ${countOf(count, 'line')} ${count === 1 ? 'waits' : 'wait'}`
  }

  /** What is waited for, and why: `2 lines (cannot reach …)`; undefined for nothing. */
  pending(): string | undefined {
    const {
      count,
      parts: { hindrances, transactions },
    } = this
    const what = transactions?.pending ?? (count === 0 ? undefined : countOf(count, 'line'))
    return what && hindrances.aside(what)
  }

  /** The names of what is lost when the process ends at once. */
  lastWords(reason: string): string[] {
    const { sender, target, hindrances, transactions, source } = this.parts
    const words: string[] = []
    const unsent = [...(target.producer?.waiting() ?? []), ...sender.untaken()]
    const typed = Array.from({ length: source.queued }, (_, index) => sender.lines + 1 + index)
    const numbers = Float64Array.from([...unsent, ...typed]).sort()
    const sentence = hindrances.explain(reason)
    if (numbers.length > 0)
      new FailureReport((line) => words.push(line)).add(numbers, new KafkaError('REQUEST_TIMED_OUT', sentence))
    const open = transactions?.lastWords(sender.lines)
    return open === undefined ? words : [...words, open]
  }
}

const countOf = (count: number, unit: string): string => `${formatCount(count)} ${unit}${count === 1 ? '' : 's'}`
