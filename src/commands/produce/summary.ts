import { formatBytes, formatCount } from '../../lib/output/progress.ts'

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

export function describeSummary({ topic, sent, failed, bytes, seconds, transactions }: Summary): string {
  const lines = (count: number): string => `${formatCount(count)} ${count === 1 ? 'line' : 'lines'}`
  const failures = failed === 0 ? '' : `, ${formatCount(failed)} not sent`
  const inTransactions =
    transactions === undefined
      ? ''
      : ` in ${formatCount(transactions)} ${transactions === 1 ? 'transaction' : 'transactions'}`
  return `${lines(sent)} sent${topic === null ? '' : ` to ${topic}`}${inTransactions}${failures} (${formatBytes(bytes)}, ${seconds.toFixed(1)} s)`
}
