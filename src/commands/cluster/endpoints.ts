import { describeCluster, type ClusterDescription } from '../../lib/client/admin/describe-cluster.ts'
import type { Result } from '../../lib/command/define.ts'
import { UserError } from '../../lib/errors.ts'
import { apacheCells, showRows, type Column } from '../../lib/output/rows.ts'
import type { Action, Work } from '../../lib/work/command.ts'
import type { ClusterValues } from './options.ts'

type Endpoint = ClusterDescription['nodes'][number]

export const listEndpoints: Action<ClusterValues> = {
  about: 'Show where brokers, or controllers, are to be found.',
  verb: 'endpoints',
  check({ values: { includeFencedBrokers, bootstrapController } }) {
    if (includeFencedBrokers && bootstrapController !== undefined)
      throw new UserError('--include-fenced-brokers goes with --bootstrap-server only')
  },
  run: showEndpoints,
}

/** Throws KafkaError. */
async function showEndpoints({ client, values }: Work<ClusterValues>): Promise<Result> {
  const { includeFencedBrokers, bootstrapController } = values
  const controllers = bootstrapController !== undefined
  const { nodes } = await describeCluster(client, { controllers, includeFencedBrokers })
  const type = controllers ? 'controller' : 'broker'
  const columns: Column<Endpoint>[] = [
    { title: 'ID', value: ({ nodeId }) => nodeId, isNumber: true },
    { title: 'HOST', value: ({ host }) => host },
    { title: 'PORT', value: ({ port }) => port, isNumber: true },
    { title: 'RACK', value: ({ rack }) => rack ?? '', apacheValue: ({ rack }) => rack ?? 'null' },
    ...(controllers ? [] : [{ title: 'STATE', value: ({ isFenced }: Endpoint) => (isFenced ? 'fenced' : 'unfenced') }]),
    { title: 'ENDPOINT TYPE', apacheTitle: 'ENDPOINT_TYPE', value: () => type },
  ]
  const data = nodes.map(({ nodeId, host, port, rack, isFenced }) => ({
    id: nodeId,
    host,
    port,
    rack,
    ...(!controllers && { fenced: isFenced }),
    type,
  }))
  return {
    ...showRows(nodes, columns, { data, goes: ['ENDPOINT TYPE', 'RACK'] }),
    text: () => asText(nodes, apacheCells(nodes, columns), controllers),
  }
}

/** Hosts and racks are as wide as the longest of them, all other columns have a width of their own. */
function asText(nodes: readonly Endpoint[], lines: readonly (readonly string[])[], controllers: boolean): string {
  const longest = (texts: readonly (string | null)[], otherwise: number): number =>
    Math.max(0, ...texts.map((text) => text?.length ?? 0)) || otherwise
  const hosts = longest(
    nodes.map(({ host }) => host),
    100,
  )
  const racks = longest(
    nodes.map(({ rack }) => rack),
    10,
  )
  const widths = [10, hosts, 10, racks, ...(controllers ? [] : [10]), 15]
  return lines.map((cells) => `${cells.map((cell, index) => cell.padEnd(widths[index]!)).join(' ')}\n`).join('')
}
