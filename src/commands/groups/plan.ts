import { describeGroups, type GroupDescription } from '../../lib/client/admin/describe-groups.ts'
import { fetchGroupOffsets } from '../../lib/client/admin/group-offsets.ts'
import type { ItemError } from '../../lib/client/admin/item-error.ts'
import { partitionName, type TopicPartition } from '../../lib/client/admin/leaders.ts'
import { comparePartitions } from '../../lib/client/group/consumer-protocol.ts'
import { asError } from '../../lib/work/failures.ts'
import { typesOf, type ChosenGroup } from '../../lib/overview/group-lag.ts'
import type { Strategy } from './strategy.ts'
import { findTargets, type Request } from './targets.ts'
import { findPartitions, type TopicScope } from './topic-scope.ts'
import type { Work } from './work.ts'

export interface PlannedOffset extends TopicPartition {
  /** Null where nothing is committed yet. */
  readonly currentOffset: bigint | null
  readonly newOffset: bigint
}

/** Why a group is left alone. */
export type Refusal =
  | { readonly why: 'active' | 'other type'; readonly description: GroupDescription }
  | { readonly why: 'unknown' | 'not in the file' }
  | { readonly why: 'error'; readonly error: ItemError }
  /** Nothing to shift. */
  | { readonly why: 'uncommitted'; readonly partitions: readonly TopicPartition[] }

export interface GroupPlan {
  readonly groupId: string
  /** Sorted by topic and partition; empty with a refusal. */
  readonly offsets: readonly PlannedOffset[]
  readonly refusal: Refusal | null
}

export interface Plan {
  readonly groups: readonly GroupPlan[]
  /** Sentences about offsets that are not quite what was asked for. */
  readonly clamped: readonly string[]
  /** Partitions without a record of the moment asked for or later, whose end is taken. */
  readonly endsTaken: readonly TopicPartition[]
}

/** The offsets of which partitions are to be moved: of topics, or of all that the group has committed for. */
export type Scope = readonly TopicScope[] | 'all topics'

/** What is known of a group before its plan is made. */
interface Known extends ChosenGroup {
  readonly description: GroupDescription | null
  readonly committed: ReadonlyMap<string, bigint>
  readonly partitions: readonly TopicPartition[]
  readonly refusal: Refusal | null
}

/**
 * What a reset would do, for all groups at once: each coordinator and each leader is asked as often for one group as
 * for a thousand. Throws KafkaError for a topic or partition that is not there.
 */
export async function planReset(
  work: Work,
  groups: readonly ChosenGroup[],
  { strategy, scope }: { strategy: Strategy; scope: Scope },
): Promise<Plan> {
  const known = await lookAtGroups(work, groups, strategy, scope)
  const requests = known.filter(({ refusal }) => !refusal).flatMap((group) => requestsOf(group, strategy))
  const { offsets, ...remarks } = await findTargets(work, requests, strategy)
  let next = 0
  return {
    ...remarks,
    groups: known.map(({ groupId, partitions, committed, refusal }) => ({
      groupId,
      refusal,
      offsets: refusal
        ? []
        : partitions.map((partition) => ({
            ...partition,
            currentOffset: committed.get(partitionName(partition)) ?? null,
            newOffset: offsets[next++]!,
          })),
    })),
  }
}

async function lookAtGroups(
  work: Work,
  groups: readonly ChosenGroup[],
  strategy: Strategy,
  scope: Scope,
): Promise<Known[]> {
  const { client, patience } = work
  const groupIds = groups.map(({ groupId }) => groupId)
  const [described, offsets, inScope] = await Promise.all([
    describeGroups(client, groupIds, { ...patience, types: typesOf(groups) }),
    fetchGroupOffsets(client, groupIds, patience),
    scope === 'all topics' ? [] : partitionsOf(work, scope),
  ])
  return groups.map((group, index): Known => {
    const { description, error } = described[index]!
    const committed = offsets[index]!.offsets
    const planned =
      strategy.to === 'file'
        ? [...(strategy.plan.get(group.groupId)?.values() ?? [])]
        : scope === 'all topics'
          ? committed
          : inScope
    const known = {
      ...group,
      description,
      committed: new Map(committed.map((offset) => [partitionName(offset), offset.offset])),
      partitions: planned.map(({ topic, partition }) => ({ topic, partition })).sort(comparePartitions),
    }
    return {
      ...known,
      refusal: refusalOf(work, known, strategy, error ?? (description ? offsets[index]!.error : null)),
    }
  })
}

async function partitionsOf(
  { client, context }: Work,
  scopes: readonly TopicScope[],
): Promise<readonly TopicPartition[]> {
  const {
    partitions,
    missing: [missing],
  } = await findPartitions(client, scopes)
  if (missing)
    throw await asError({ what: `Cannot reset offsets of topic ${missing.topic}`, ...missing }, { client, context })
  return partitions
}

const RESETTABLE: readonly string[] = ['Classic', 'Consumer']

function refusalOf(
  { context, values }: Work,
  group: Omit<Known, 'refusal'>,
  strategy: Strategy,
  error: ItemError | null,
): Refusal | null {
  const { description, committed, partitions } = group
  const isUnknown = error?.code === 'GROUP_ID_NOT_FOUND'
  if (error && !isUnknown) return { why: 'error', error }
  // Apache's tool makes a group that is not there by committing for it; a mistyped name deserves better.
  if (isUnknown && context.style === 'kts' && !values.newGroup) return { why: 'unknown' }
  if (description && !RESETTABLE.includes(description.type)) return { why: 'other type', description }
  if (description && description.state !== 'Empty' && description.state !== 'Dead')
    return { why: 'active', description }
  if (strategy.to === 'file' && !strategy.plan.has(group.groupId)) return { why: 'not in the file' }
  const uncommitted =
    strategy.to === 'shifted' ? partitions.filter((partition) => !committed.has(partitionName(partition))) : []
  return uncommitted.length > 0 ? { why: 'uncommitted', partitions: uncommitted } : null
}

function requestsOf({ groupId, partitions, committed }: Known, strategy: Strategy): Request[] {
  return partitions.map((partition) => {
    const name = partitionName(partition)
    const current = committed.get(name)
    switch (strategy.to) {
      case 'offset':
        return { ...partition, wanted: strategy.offset }
      case 'shifted':
        return { ...partition, wanted: current! + strategy.by }
      case 'file':
        return { ...partition, wanted: strategy.plan.get(groupId)!.get(name)!.offset }
      case 'current':
        return { ...partition, settled: current }
      default:
        return partition
    }
  })
}
