import { describeCluster, type ClusterDescription } from '../../lib/client/admin/describe-cluster.ts'
import type { KafkaClient } from '../../lib/client/types.ts'
import type { Result } from '../../lib/command/define.ts'
import { renderTable } from '../../lib/output/table.ts'

type Endpoint = ClusterDescription['nodes'][number]

/** Where brokers, or controllers, are to be found. Throws KafkaError. */
export async function listEndpoints(
  client: KafkaClient,
  options: { includeFencedBrokers: boolean; controllers: boolean },
): Promise<Result> {
  const { nodes } = await describeCluster(client, options)
  const type = options.controllers ? 'controller' : 'broker'
  const rows = nodes.map((node) => row(node, type, options.controllers))
  return {
    data: nodes.map(({ nodeId, host, port, rack, isFenced }) => ({
      id: nodeId,
      host,
      port,
      rack,
      ...(!options.controllers && { fenced: isFenced }),
      type,
    })),
    text: () => asText(nodes, rows, options.controllers),
    table: () =>
      renderTable(
        heads(options.controllers).map((head) => head.replace('_', ' ')),
        rows.map((cells) => cells.map((cell) => (cell === 'null' ? '' : cell))),
        { right: [0, 2], goes: ['ENDPOINT TYPE', 'RACK'] },
      ),
  }
}

const heads = (controllers: boolean): string[] => [
  'ID',
  'HOST',
  'PORT',
  'RACK',
  ...(controllers ? [] : ['STATE']),
  'ENDPOINT_TYPE',
]

const row = ({ nodeId, host, port, rack, isFenced }: Endpoint, type: string, controllers: boolean): string[] => [
  `${nodeId}`,
  host,
  `${port}`,
  rack ?? 'null',
  ...(controllers ? [] : [isFenced ? 'fenced' : 'unfenced']),
  type,
]

/** Hosts and racks are as wide as the longest of them, all other columns have a width of their own. */
function asText(nodes: readonly Endpoint[], rows: readonly (readonly string[])[], controllers: boolean): string {
  const longest = (texts: readonly string[], otherwise: number): number =>
    texts.length === 0 ? otherwise : Math.max(...texts.map((text) => text.length))
  const hostWidth = longest(
    nodes.map(({ host }) => host),
    100,
  )
  const rackWidth = longest(
    nodes.flatMap(({ rack }) => (rack === null ? [] : [rack])),
    10,
  )
  const widths = [10, hostWidth, 10, rackWidth, ...(controllers ? [] : [10]), 15]
  return [heads(controllers), ...rows]
    .map((cells) => `${cells.map((cell, index) => cell.padEnd(widths[index]!)).join(' ')}\n`)
    .join('')
}
