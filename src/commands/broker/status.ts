import { describeCluster } from '../../lib/client/admin/describe-cluster.ts'
import { withClient } from '../../lib/client/with-client.ts'
import type { Context } from '../../lib/command/define.ts'
import { isExpected } from '../../lib/errors.ts'
import { showRows, type Column } from '../../lib/output/rows.ts'
import { defineCommand } from '../../lib/work/command.ts'
import { renderTable } from '../../lib/output/table.ts'
import { knownCluster, nodesOf, processOf, type LocalCluster } from './local-cluster.ts'
import { runningBrokers, type RunningBroker } from './running.ts'

export const brokerStatus = defineCommand({
  examples: [
    {
      command: 'kts broker status',
      about: 'Where they listen, and where their data is; of a cluster, who leads what.',
    },
    {
      command: 'kts broker status > /dev/null || kts broker start --daemon',
      about: 'Start one unless one runs: without one it ends with 1.',
    },
  ],
  options: [],
  async offline({ context }) {
    const cluster = knownCluster(context)
    return cluster ? clusterStatus(cluster, context) : brokersStatus(runningBrokers(context))
  },
})

function brokersStatus(running: readonly RunningBroker[]) {
  const brokers = running.map(({ identity: _identity, role: _role, ...shown }) => shown)
  const rows = brokers.map(({ nodeId, bootstrapServers, pid, dataDir, startedAt }) =>
    [nodeId, bootstrapServers, pid, dataDir ?? 'in memory', startedAt].map(String),
  )
  return {
    data: brokers,
    text: () => (rows.length === 0 ? 'no broker runs\n' : rows.map((row) => row.join('\t') + '\n').join('')),
    table: () =>
      rows.length === 0
        ? 'no broker runs\n'
        : renderTable(['BROKER', 'ADDRESS', 'PID', 'DATA', 'SINCE'], rows, { below: 'DATA', goes: ['SINCE'] }),
    exitCode: rows.length === 0 ? 1 : 0,
  }
}

interface NodeStatus {
  readonly nodeId: number
  readonly role: string
  readonly address: string
  /** Null for one that does not run. */
  readonly pid: number | null
  readonly state: 'up' | 'fenced' | 'down'
  /** How many partitions it leads, and in how many ISRs it is; null for a controller, and where no broker answers. */
  readonly leads: number | null
  readonly inIsrOf: number | null
  readonly dataDir: string | null
}

async function clusterStatus(cluster: LocalCluster, context: Context) {
  const running = runningBrokers(context)
  const others = running.filter((broker) => !nodesOf(cluster).some((node) => processOf(node, [broker])))
  const servers = cluster.brokers.flatMap((node) => processOf(node, running)?.bootstrapServers ?? [])
  const told = servers.length === 0 ? null : await ask(servers)
  const nodes = nodesOf(cluster).map((node): NodeStatus => {
    const { nodeId, role, port, dataDir } = node
    const pid = processOf(node, running)?.pid ?? null
    const isFenced = told?.fenced.has(nodeId) ?? false
    const count = (places: readonly (number | null)[] | undefined): number | null =>
      role === 'broker' ? (places?.filter((place) => place === nodeId).length ?? null) : null
    return {
      nodeId,
      role,
      address: `localhost:${port}`,
      pid,
      state: pid === null ? 'down' : isFenced ? 'fenced' : 'up',
      leads: count(told?.leaders),
      inIsrOf: count(told?.inSync),
      dataDir,
    }
  })
  const alone = others.map(
    ({ nodeId, role, bootstrapServers: address, pid, dataDir }): NodeStatus => ({
      nodeId,
      role,
      address,
      pid,
      state: 'up',
      leads: null,
      inIsrOf: null,
      dataDir,
    }),
  )
  return {
    ...showRows([...nodes, ...alone], COLUMNS, { below: 'DATA', goes: ['DATA', 'ROLE'] }),
    exitCode: servers.length + others.length === 0 ? 1 : 0,
  }
}

const COLUMNS: readonly Column<NodeStatus>[] = [
  { title: 'NODE', value: ({ nodeId }) => nodeId, isNumber: true },
  { title: 'ROLE', value: ({ role }) => role },
  { title: 'ADDRESS', value: ({ address }) => address },
  { title: 'PID', value: ({ pid }) => pid ?? '-', isNumber: true },
  { title: 'STATE', value: ({ state }) => state },
  { title: 'LEADS', value: ({ leads }) => leads ?? '-', isNumber: true },
  { title: 'IN SYNC', value: ({ inIsrOf }) => inIsrOf ?? '-', isNumber: true },
  { title: 'DATA', value: ({ dataDir }) => dataDir ?? 'in memory' },
]

/** What any broker that answers knows of all of them; null when none does. */
async function ask(bootstrapServers: readonly string[]) {
  try {
    return await withClient({ bootstrapServers, clientId: 'kts', properties: new Map() }, {}, async (client) => {
      const [{ nodes }, { topics }] = await Promise.all([
        describeCluster(client, { includeFencedBrokers: true }),
        client.metadata(null),
      ])
      const partitions = topics.flatMap((topic) => topic.partitions)
      return {
        fenced: new Set(nodes.filter(({ isFenced }) => isFenced).map(({ nodeId }) => nodeId)),
        leaders: partitions.map(({ leaderId }) => leaderId),
        inSync: partitions.flatMap(({ isrNodes }) => isrNodes),
      }
    })
  } catch (error) {
    if (isExpected(error)) return null
    throw error
  }
}
