import { Tally, type MeteredClient } from '../../lib/client/metered-client.ts'
import type { Context } from '../../lib/command/define.ts'
import { ktsVersion } from '../../lib/command/package.ts'
import { javaFixed } from '../../lib/java/number.ts'

/** Metrics by the name that Java's clients give them: `group:name:{tag=value}`. */
export type Metrics = Readonly<Record<string, number | string>>

type Values = Readonly<Record<string, number | string>>

/** The metrics of one group, with its tags. */
export function metricGroup(group: string, tags: Readonly<Record<string, string>>, values: Values): Metrics {
  const shownTags = Object.entries(tags)
    .map(([name, value]) => `${name}=${value}`)
    .join(', ')
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [`${group}:${name}:{${shownTags}}`, value]))
}

/** What every client tells of itself: since when it runs, and how its requests went. Rates are over the whole run. */
export function clientMetrics(
  kind: 'producer' | 'consumer',
  clients: readonly MeteredClient[],
  {
    clientId,
    startMs,
    elapsedMs,
  }: {
    clientId: string
    startMs: number
    elapsedMs: number
  },
): Metrics {
  const tags = { 'client-id': clientId }
  const nodes = latencyByNode(clients)
  const ofNodes = [...nodes].map(([nodeId, latency]) =>
    metricGroup(`${kind}-node-metrics`, { ...tags, 'node-id': `node-${nodeId}` }, requestMetrics(latency, elapsedMs)),
  )
  return Object.assign(
    metricGroup('app-info', tags, { version: `kts ${ktsVersion()}`, 'start-time-ms': String(startMs) }),
    metricGroup(`${kind}-metrics`, tags, requestMetrics(merge([...nodes.values()]), elapsedMs)),
    ...ofNodes,
  ) as Metrics
}

function requestMetrics(latency: Tally, elapsedMs: number): Values {
  return {
    'request-total': latency.count,
    'request-rate': perSecond(latency.count, elapsedMs),
    'request-latency-avg': latency.average,
    'request-latency-max': latency.max,
  }
}

function latencyByNode(clients: readonly MeteredClient[]): Map<number, Tally> {
  const nodes = new Set(clients.flatMap(({ latencyMs }) => [...latencyMs.keys()]))
  return new Map(
    [...nodes].map((nodeId) => [nodeId, merge(clients.map(({ latencyMs }) => latencyMs.get(nodeId) ?? new Tally()))]),
  )
}

export function merge(tallies: readonly Tally[]): Tally {
  return tallies.reduce((sum, { count, total, max }) => {
    sum.count += count
    sum.total += total
    sum.max = Math.max(sum.max, max)
    return sum
  }, new Tally())
}

export const perSecond = (total: number, elapsedMs: number): number => (1000 * total) / elapsedMs

/**
 * As `--print-metrics` of Apache's tools shows them: sorted by name, numbers to three places (ToolsUtils.printMetrics).
 */
export function metricLines(metrics: Metrics): string {
  const names = Object.keys(metrics).sort()
  const width = Math.max(...names.map((name) => name.length))
  const shown = (value: number | string): string => (typeof value === 'number' ? javaFixed(value, 3) : value)
  const lines = names.map((name) => `${name.padEnd(width)} : ${shown(metrics[name]!)}`)
  return [`\n${'Metric Name'.padEnd(width)}   Value`, ...lines, ''].join('\n')
}

/** A line on how it goes: on stdout as Apache's tools have it, and to us no data. */
export const live = (line: string, { style, stdout, stderr }: Pick<Context, 'style' | 'stdout' | 'stderr'>): void =>
  void (style === 'drop-in' ? stdout : stderr).write(`${line}\n`)
