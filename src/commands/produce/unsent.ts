import type { Hindrances } from '../../lib/client/hindrances.ts'
import { KafkaError } from '../../lib/errors.ts'
import { formatCount } from '../../lib/output/progress.ts'
import { FailureReport } from './failure-report.ts'
import type { LineSender } from './line-sender.ts'
import type { LineTransactions } from './line-transactions.ts'
import type { Target } from './target.ts'

interface Parts {
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
    const { sender, target } = this.parts
    return (target.producer?.waitingRecords ?? 0) + sender.lines - sender.taken
  }

  /** A sentence with the number of lines behind it. */
  behind(sentence: string): string {
    const { count } = this
    return count === 0 ? sentence : `${sentence}, ${describe(count)} ${count === 1 ? 'waits' : 'wait'}`
  }

  /** What is waited for, and why: `2 lines (cannot reach …)`; undefined for nothing. */
  pending(): string | undefined {
    const {
      count,
      parts: { hindrances, transactions },
    } = this
    const what = transactions?.pending ?? (count === 0 ? undefined : describe(count))
    return what && hindrances.aside(what)
  }

  /** The names of what is lost when the process ends at once. */
  lastWords(reason: string): string[] {
    const { sender, target, hindrances, transactions } = this.parts
    const words: string[] = []
    const numbers = Float64Array.from([...(target.producer?.waiting() ?? []), ...sender.untaken()]).sort()
    const sentence = hindrances.explain(reason)
    if (numbers.length > 0)
      new FailureReport((line) => words.push(line)).add(numbers, new KafkaError('REQUEST_TIMED_OUT', sentence))
    const open = transactions?.lastWords(sender.lines)
    return open === undefined ? words : [...words, open]
  }
}

const describe = (count: number): string => `${formatCount(count)} ${count === 1 ? 'line' : 'lines'}`
