import { javaDouble, javaFixed } from '../../../lib/java/number.ts'
import { formatCount } from '../../../lib/output/progress.ts'
import { renderTable } from '../../../lib/output/table.ts'

/** What came of a run; also the answer in JSON. */
export interface Report {
  readonly topic: string
  readonly records: number
  readonly latencyMs: Readonly<Record<'average' | 'p50' | 'p99' | 'p99.9' | 'max', number>>
}

/** `latenciesNs` is sorted in place. */
export function reportOn(topic: string, latenciesNs: Float64Array): Report {
  const sum = latenciesNs.reduce((total, latency) => total + latency, 0)
  const records = latenciesNs.length
  latenciesNs.sort()
  const at = (index: number): number => (latenciesNs[Math.floor(index)] ?? 0) / 1e6
  return {
    topic,
    records,
    latencyMs: {
      average: sum / records / 1e6,
      p50: at(records * 0.5),
      p99: at(records * 0.99),
      'p99.9': at(records * 0.999),
      max: at(records - 1),
    },
  }
}

/** How one record fared, as Apache's tool says of every thousandth. */
export const progressLine = (index: number, latencyNs: number): string =>
  `${index}\t${javaDouble(latencyNs / 1000 / 1000)}`

/** The closing lines of Apache's tool: percentiles in whole milliseconds. */
export function summaryLines({ latencyMs }: Report): string {
  const [p50, p99, p999] = [latencyMs.p50, latencyMs.p99, latencyMs['p99.9']].map(Math.trunc)
  return `Avg latency: ${javaFixed(latencyMs.average, 4)} ms\nPercentiles: 50th = ${p50}, 99th = ${p99}, 99.9th = ${p999}\n`
}

export function summaryTable({ records, latencyMs }: Report): string {
  const head = ['RECORDS', 'AVG MS', '50 %', '99 %', '99.9 %', 'MAX']
  const row = [
    formatCount(records),
    ...[latencyMs.average, latencyMs.p50, latencyMs.p99, latencyMs['p99.9'], latencyMs.max].map((value) =>
      value.toFixed(3),
    ),
  ]
  return renderTable(head, [row], { right: head.map((_, column) => column) })
}
