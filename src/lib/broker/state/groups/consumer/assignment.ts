import type { RecordValue } from '../records.ts'

/** Partitions by topic id. */
export type Partitions = ReadonlyMap<string, ReadonlySet<number>>
/** Partitions by topic id, each with the epoch at which the member got it. */
export type OwnedPartitions = ReadonlyMap<string, ReadonlyMap<number, number>>

/** How requests and responses list partitions. */
export type TopicPartitions = readonly { readonly topicId: string; readonly partitions: readonly number[] }[]
type StoredOwned = RecordValue<'ConsumerGroupCurrentMemberAssignment'>['assignedPartitions']

export const NO_PARTITIONS: Partitions = new Map()
export const OWNS_NOTHING: OwnedPartitions = new Map()

export function partitionsOf(listed: TopicPartitions): Partitions {
  return new Map(listed.map(({ topicId, partitions }) => [topicId, new Set(partitions)]))
}

/** Lists partitions in ascending order. */
export function listPartitions(partitions: Partitions | OwnedPartitions): { topicId: string; partitions: number[] }[] {
  return [...partitions].map(([topicId, indexes]) => ({
    topicId,
    partitions: [...indexes.keys()].sort((a, b) => a - b),
  }))
}

export function ownedFromRecord(stored: StoredOwned): OwnedPartitions {
  return new Map(
    stored.map(({ topicId, partitions, assignmentEpochs }) => [
      topicId,
      new Map(partitions.map((partition, index) => [partition, assignmentEpochs?.[index] ?? 0])),
    ]),
  )
}

export function ownedToRecord(owned: OwnedPartitions): StoredOwned {
  return listPartitions(owned).map(({ topicId, partitions }) => ({
    topicId,
    partitions,
    assignmentEpochs: partitions.map((partition) => owned.get(topicId)!.get(partition)!),
  }))
}

/** The same partitions, counted as had since an epoch. */
export function ownedSince(partitions: Partitions | OwnedPartitions, epoch: number): OwnedPartitions {
  return new Map(
    [...partitions].map(([topicId, indexes]) => [
      topicId,
      new Map([...indexes.keys()].map((partition) => [partition, epoch])),
    ]),
  )
}

export function samePartitions(a: Partitions | OwnedPartitions, b: Partitions | OwnedPartitions): boolean {
  return (
    a.size === b.size &&
    [...a].every(([topicId, indexes]) => {
      const others = b.get(topicId)
      return (
        others !== undefined &&
        others.size === indexes.size &&
        [...indexes.keys()].every((partition) => others.has(partition))
      )
    })
  )
}

export function isSubset(listed: TopicPartitions, of: OwnedPartitions): boolean {
  return listed.every(({ topicId, partitions }) => partitions.every((partition) => of.get(topicId)?.has(partition)))
}

export function overlaps(listed: TopicPartitions, others: OwnedPartitions): boolean {
  return listed.some(({ topicId, partitions }) => partitions.some((partition) => others.get(topicId)?.has(partition)))
}
