import { alterReplicaLogDirs, replicaName, type ReplicaLogDir } from '../../lib/client/admin/alter-replica-log-dirs.ts'
import type { ItemError } from '../../lib/client/admin/item-error.ts'
import { partitionName } from '../../lib/client/topic-partition.ts'
import type { KafkaClient } from '../../lib/client/types.ts'
import { wait } from '../../lib/clock.ts'
import type { Work } from '../../lib/work/command.ts'
import { settle } from '../../lib/work/failures.ts'
import type { Planned } from '../../lib/work/outcomes.ts'
import { logDirsOf } from './current.ts'
import type { ReassignValues } from './options.ts'
import { Failure, type Report } from './report.ts'

const RETRY_MS = 100

export interface MoveState extends ReplicaLogDir {
  readonly state: 'completed' | 'in progress' | 'elsewhere' | 'not moving' | 'missing'
  readonly current: string | null
  readonly future: string | null
}

/** How far replicas are on their way to the directories that a plan names. */
export async function moveStates(client: KafkaClient, wanted: readonly ReplicaLogDir[]): Promise<MoveState[]> {
  const places = await logDirsOf(
    client,
    wanted.map(({ broker }) => broker),
  )
  return wanted.map((item) => {
    const { current = null, future = null } = places.get(replicaName(item)) ?? {}
    const state =
      current === null
        ? 'missing'
        : future === null
          ? current === item.logDir
            ? 'completed'
            : 'not moving'
          : future === item.logDir
            ? 'in progress'
            : 'elsewhere'
    return { ...item, state, current, future }
  })
}

export function moveSentence(move: MoveState): string {
  const partition = `Partition ${partitionName(move)} on broker ${move.broker}`
  switch (move.state) {
    case 'completed':
      return `Reassignment of replica ${replicaName(move)} completed successfully.`
    case 'in progress':
      return `Reassignment of replica ${replicaName(move)} is still in progress.`
    case 'elsewhere':
      return `${partition} is being moved to log dir ${move.future} instead of ${move.logDir}.`
    case 'not moving':
      return `${partition} is not being moved from log dir ${move.current} to ${move.logDir}.`
    case 'missing':
      return `Partition ${partitionName(move)} is not found in any live log dir on broker ${move.broker}. There is likely an offline log directory on the broker.`
  }
}

/**
 * Has replicas moved; tries again while one has not come to its broker yet. Returns those that are on their way; the
 * others have been named. Under Apache's name the first that fails is thrown as KafkaError, and Failure when time runs
 * out.
 */
export async function startMoves(
  work: Work<ReassignValues>,
  report: Report,
  wanted: readonly ReplicaLogDir[],
): Promise<ReplicaLogDir[]> {
  const { client } = work
  const { clock } = work.context
  const { timeout: timeoutMs = 10_000 } = work.values
  const started: ReplicaLogDir[] = []
  const end = clock.now() + timeoutMs
  for (let pending = wanted; pending.length > 0; ) {
    const answers = await alterReplicaLogDirs(client, pending)
    const failed = answers.flatMap((answer) =>
      answer.error && !mayCome(answer)
        ? [{ what: `Failed to alter dir for ${replicaName(answer)}`, error: answer.error }]
        : [],
    )
    await settle(failed, work)
    for (const { error, logDir, topic, partition, broker } of answers) {
      if (error) continue
      started.push({ topic, partition, broker, logDir })
      await report.say(
        `Successfully started moving log directory to ${logDir} for replica ${topic}-${partition} with broker ${broker} `,
      )
    }
    pending = answers.filter(mayCome)
    if (pending.length === 0) break
    if (clock.now() >= end) {
      giveUp(pending, work)
      break
    }
    const [{ broker }] = pending as [ReplicaLogDir]
    client.hindrances?.meet(
      startMoves,
      `Broker ${broker} has no replica of ${pending.map(replicaName).join(', ')} yet`,
      { outlook: `asking again, for ${timeoutMs} ms at most`, atOnce: false },
    )
    await wait(clock, RETRY_MS)
  }
  client.hindrances?.pass(startMoves)
  return started
}

const mayCome = ({ error }: { readonly error: ItemError | null }): boolean => error?.code === 'REPLICA_NOT_AVAILABLE'

function giveUp(pending: readonly ReplicaLogDir[], { context, voice }: Work<unknown>): void {
  const sentence = `Timed out before log directory move${pending.length === 1 ? '' : 's'} could be started for: ${pending.map(replicaName).join(',')}`
  if (context.style === 'drop-in') throw new Failure(sentence)
  voice.say(sentence)
}

/** For a dry run. */
export const plannedMove = (move: ReplicaLogDir): Planned => ({
  data: { ...move },
  sentence: `Would move the replica ${replicaName(move)} to ${move.logDir}.`,
})
