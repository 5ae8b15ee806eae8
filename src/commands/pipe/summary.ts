import { formatCount } from '../../lib/output/progress.ts'

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

export function describeSummary({
  from,
  to,
  records,
  written,
  transactions,
}: Summary & { from: string | undefined; to: string | undefined }): string {
  const what = (count: number, noun: string): string => `${formatCount(count)} ${noun}${count === 1 ? '' : 's'}`
  return `${what(records, 'record')} of ${from} read, ${what(written, 'record')} written to ${to} in ${what(transactions, 'transaction')}`
}
