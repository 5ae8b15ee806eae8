import type { Clock } from '../../lib/clock.ts'
import { describeCluster } from '../../lib/client/admin/describe-cluster.ts'
import { describeQuorum, type Quorum, type QuorumReplica } from '../../lib/client/admin/describe-quorum.ts'
import type { KafkaClient } from '../../lib/client/types.ts'
import type { Result } from '../../lib/command/define.ts'
import { renderTable } from '../../lib/output/table.ts'

/** Who leads, who votes, and how far the one that is furthest behind has come. Throws KafkaError. */
export async function describeStatus(client: KafkaClient, options: { controllers: boolean }): Promise<Result> {
  const [{ clusterId }, quorum] = await Promise.all([describeCluster(client, options), describeQuorum(client)])
  const { leader, leaderEpoch, highWatermark, voters, observers } = quorum
  const lag = largestLag(quorum)
  const data = {
    clusterId,
    leaderId: leader.id,
    leaderEpoch,
    highWatermark,
    maxFollowerLag: lag.records,
    maxFollowerLagTimeMs: lag.ms,
    voters: voters.map(asNode),
    observers: observers.map(asNode),
  }
  const rows: [string, unknown][] = [
    ['ClusterId', clusterId],
    ['LeaderId', leader.id],
    ['LeaderEpoch', leaderEpoch],
    ['HighWatermark', highWatermark],
    ['MaxFollowerLag', lag.records],
    ['MaxFollowerLagTimeMs', lag.ms ?? -1],
    ['CurrentVoters', replicaList(voters)],
    ['CurrentObservers', replicaList(observers)],
  ]
  return { data, text: () => rows.map(([name, value]) => `${`${name}:`.padEnd(24)}${String(value)}\n`).join('') }
}

/** Of the voter whose log ends first; null for a time that nobody knows. */
function largestLag({ leader, voters }: Quorum): { records: bigint; ms: number | null } {
  const last = voters.reduce((behind, voter) => (voter.logEndOffset < behind.logEndOffset ? voter : behind))
  const ms =
    last === leader
      ? 0
      : leader.lastCaughtUpMs === null || last.lastCaughtUpMs === null
        ? null
        : leader.lastCaughtUpMs - last.lastCaughtUpMs
  return { records: leader.logEndOffset - last.logEndOffset, ms }
}

const asNode = ({ id, directoryId, endpoints }: QuorumReplica) => ({ id, directoryId, endpoints })

function replicaList(replicas: readonly QuorumReplica[]): string {
  return `[${replicas
    .map(({ id, directoryId, endpoints }) => {
      const fields = [
        `"id": ${id}`,
        ...(directoryId === null ? [] : [`"directoryId": "${directoryId}"`]),
        ...(endpoints.length === 0
          ? []
          : [`"endpoints": [${endpoints.map((endpoint) => `"${endpoint}"`).join(', ')}]`]),
      ]
      return `{${fields.join(', ')}}`
    })
    .join(', ')}]`
}

const HEADS = ['NodeId', 'DirectoryId', 'LogEndOffset', 'Lag', 'LastFetchTimestamp', 'LastCaughtUpTimestamp', 'Status']

/**
 * How far each one has read the metadata: the leader, then those that vote, then those that only listen. Throws
 * KafkaError.
 */
export async function describeReplication(
  client: KafkaClient,
  clock: Clock,
  options: { humanReadable: boolean },
): Promise<Result> {
  const { leader, voters, observers } = await describeQuorum(client)
  const now = clock.now()
  const replicas = [
    { ...leader, status: 'Leader' },
    ...voters.filter((voter) => voter !== leader).map((voter) => ({ ...voter, status: 'Follower' })),
    ...observers.map((observer) => ({ ...observer, status: 'Observer' })),
  ].map((replica) => ({ ...replica, lag: leader.logEndOffset - replica.logEndOffset }))
  const ago = (ms: number | null): string => (ms === null ? '-1' : `${now - ms} ms ago`)
  const timestamp = (ms: number | null): string => (options.humanReadable ? ago(ms) : String(ms ?? -1))
  const rows = (time: (ms: number | null) => string): string[][] =>
    replicas.map(({ id, directoryId, logEndOffset, lag, lastFetchMs, lastCaughtUpMs, status }) => [
      `${id}`,
      directoryId ?? NO_DIRECTORY,
      `${logEndOffset}`,
      `${lag}`,
      time(lastFetchMs),
      time(lastCaughtUpMs),
      status,
    ])
  return {
    data: replicas.map(({ endpoints: _, ...replica }) => replica),
    text: () => tabbedTable([HEADS, ...rows(timestamp)]),
    table: () =>
      renderTable(['NODE', 'DIRECTORY', 'LOG END', 'LAG', 'LAST FETCH', 'LAST CAUGHT UP', 'STATUS'], rows(ago), {
        right: [0, 2, 3, 4, 5],
        shorten: ['DIRECTORY'],
        goes: ['DIRECTORY'],
      }),
  }
}

/** How Apache's tool writes the id of no directory. */
const NO_DIRECTORY = 'A'.repeat(22)

/** Columns as wide as their widest cell, each one with a tab behind it (ToolsUtils.prettyPrintTable). */
function tabbedTable(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)))
  return rows.map((row) => `${row.map((cell, column) => `${cell.padEnd(widths[column]!)}\t`).join('')}\n`).join('')
}
