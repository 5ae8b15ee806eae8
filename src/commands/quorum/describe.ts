import { describeCluster } from '../../lib/client/admin/describe-cluster.ts'
import { describeQuorum as describe, type Quorum, type QuorumReplica } from '../../lib/client/admin/describe-quorum.ts'
import type { Result } from '../../lib/command/define.ts'
import { showRows, tableOf, type Column } from '../../lib/output/rows.ts'
import type { Action, Work } from '../../lib/work/command.ts'
import { checkDescribe, type QuorumValues } from './options.ts'

export const describeQuorum: Action<QuorumValues> = {
  about: 'Show who leads and who votes, or how far each of them is.',
  check: checkDescribe,
  run: (work) => (work.values.replication ? describeReplication(work) : describeStatus(work)),
}

/** Who leads, who votes, and how far the one that is furthest behind has come. Throws KafkaError. */
async function describeStatus({ client, values }: Work<QuorumValues>): Promise<Result> {
  const controllers = values.bootstrapController !== undefined
  const [{ clusterId }, quorum] = await Promise.all([describeCluster(client, { controllers }), describe(client)])
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
  return {
    data,
    text: () => rows.map(([name, value]) => `${`${name}:`.padEnd(24)}${String(value)}\n`).join(''),
    table: () => statusTable(clusterId, quorum, lag),
  }
}

type Lag = ReturnType<typeof largestLag>

function statusTable(
  clusterId: string,
  { leader, leaderEpoch, highWatermark, voters, observers }: Quorum,
  lag: Lag,
): string {
  const time = lag.ms === null ? '' : `, ${lag.ms} ms`
  const columns: Column<QuorumReplica>[] = [
    { title: 'NODE', value: ({ id }) => id, isNumber: true },
    { title: 'ROLE', value: (node) => (node === leader ? 'leader' : voters.includes(node) ? 'voter' : 'observer') },
    { title: 'DIRECTORY', value: ({ directoryId }) => directoryId ?? '' },
    { title: 'ENDPOINTS', value: ({ endpoints }) => endpoints.join(', ') },
  ]
  const yielding = { shorten: ['DIRECTORY'], below: 'ENDPOINTS', goes: ['DIRECTORY'] }
  return `Cluster ID: ${clusterId}
Leader: ${leader.id}, of epoch ${leaderEpoch}
High watermark: ${highWatermark}
Largest lag of a voter: ${lag.records} ${lag.records === 1n ? 'record' : 'records'}${time}

${tableOf([...voters, ...observers], columns, yielding)}`
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

interface Replica extends QuorumReplica {
  readonly status: 'Leader' | 'Follower' | 'Observer'
  readonly lag: bigint
}

/**
 * How far each one has read the metadata: the leader, then those that vote, then those that only listen. Throws
 * KafkaError.
 */
async function describeReplication({ client, values, context: { clock } }: Work<QuorumValues>): Promise<Result> {
  const { leader, voters, observers } = await describe(client)
  const followers = voters.filter((voter) => voter !== leader)
  const as = (status: Replica['status'], replicas: readonly QuorumReplica[]): Replica[] =>
    replicas.map((replica) => ({ ...replica, status, lag: leader.logEndOffset - replica.logEndOffset }))
  const replicas = [...as('Leader', [leader]), ...as('Follower', followers), ...as('Observer', observers)]
  return showRows(replicas, replicaColumns(clock.now(), values), {
    data: replicas.map(({ endpoints: _, ...replica }) => replica),
    shorten: ['DIRECTORY'],
    goes: ['DIRECTORY'],
  })
}

function replicaColumns(now: number, { humanReadable }: { humanReadable: boolean }): Column<Replica>[] {
  const ago = (ms: number | null): string => (ms === null ? '-1' : `${now - ms} ms ago`)
  const timestamp = (ms: number | null): string | number => (humanReadable ? ago(ms) : (ms ?? -1))
  return [
    { title: 'NODE', apacheTitle: 'NodeId', value: ({ id }) => id, isNumber: true },
    { title: 'DIRECTORY', apacheTitle: 'DirectoryId', value: ({ directoryId }) => directoryId ?? NO_DIRECTORY },
    { title: 'LOG END', apacheTitle: 'LogEndOffset', value: ({ logEndOffset }) => logEndOffset, isNumber: true },
    { title: 'LAG', apacheTitle: 'Lag', value: ({ lag }) => lag, isNumber: true },
    {
      title: 'LAST FETCH',
      apacheTitle: 'LastFetchTimestamp',
      value: ({ lastFetchMs }) => ago(lastFetchMs),
      apacheValue: ({ lastFetchMs }) => timestamp(lastFetchMs),
      isNumber: true,
    },
    {
      title: 'LAST CAUGHT UP',
      apacheTitle: 'LastCaughtUpTimestamp',
      value: ({ lastCaughtUpMs }) => ago(lastCaughtUpMs),
      apacheValue: ({ lastCaughtUpMs }) => timestamp(lastCaughtUpMs),
      isNumber: true,
    },
    { title: 'STATUS', apacheTitle: 'Status', value: ({ status }) => status },
  ]
}

/** How Apache's tool writes the id of no directory. */
const NO_DIRECTORY = 'A'.repeat(22)
