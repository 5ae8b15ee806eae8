import type { AssignableMember, GroupToAssign } from './types.ts'

/** A member and how many partitions it has by now. */
interface Loaded {
  readonly member: AssignableMember
  readonly partitions: Map<string, Set<number>>
  load: number
}

/** Passes over the topics; each one can only lessen the difference between subscribers, and few are needed. */
const MAX_PASSES = 16

/**
 * Evens out a group whose members read different topics: what members have stays where it is, what is free goes to the
 * least loaded subscriber of its topic, and then partitions move from the most to the least loaded subscriber of a
 * topic until no move makes any two of them more even.
 */
export function assignBalanced({ members, partitionCounts }: GroupToAssign): Map<string, Map<string, Set<number>>> {
  const all = members.map((member): Loaded => ({ member, partitions: new Map(), load: 0 }))
  const subscribers = new Map(
    [...partitionCounts.keys()].map((topicId) => [topicId, all.filter(({ member }) => member.topicIds.has(topicId))]),
  )
  // Topics with the most partitions per subscriber first: the others can then even out what those made uneven.
  const topicIds = [...partitionCounts.keys()]
    .filter((topicId) => subscribers.get(topicId)!.length > 0)
    .sort(
      (a, b) =>
        partitionCounts.get(b)! / subscribers.get(b)!.length - partitionCounts.get(a)! / subscribers.get(a)!.length,
    )
  for (const topicId of topicIds) keepAssigned(topicId, partitionCounts.get(topicId)!, subscribers.get(topicId)!)
  for (const topicId of topicIds) assignFree(topicId, partitionCounts.get(topicId)!, subscribers.get(topicId)!)
  for (let pass = 0, moved = true; moved && pass < MAX_PASSES; pass += 1) {
    moved = topicIds.filter((topicId) => evenOut(topicId, subscribers.get(topicId)!)).length > 0
  }
  return new Map(all.map(({ member, partitions }) => [member.memberId, partitions]))
}

function keepAssigned(topicId: string, partitionCount: number, subscribers: readonly Loaded[]): void {
  const taken = new Set<number>()
  for (const subscriber of subscribers) {
    for (const partition of subscriber.member.assigned.get(topicId) ?? []) {
      if (partition < partitionCount && !taken.has(partition)) give(subscriber, topicId, partition)
      taken.add(partition)
    }
  }
}

function assignFree(topicId: string, partitionCount: number, subscribers: readonly Loaded[]): void {
  const taken = new Set(subscribers.flatMap(({ partitions }) => [...(partitions.get(topicId) ?? [])]))
  for (let partition = 0; partition < partitionCount; partition += 1) {
    if (!taken.has(partition)) give(leastLoaded(subscribers), topicId, partition)
  }
}

/** Whether anything was moved. */
function evenOut(topicId: string, subscribers: readonly Loaded[]): boolean {
  for (let moved = false; ; moved = true) {
    const from = mostLoadedOwner(topicId, subscribers)
    const to = leastLoaded(subscribers)
    if (!from || from.load - to.load <= 1) return moved
    const partition = Math.max(...from.partitions.get(topicId)!)
    take(from, topicId, partition)
    give(to, topicId, partition)
  }
}

const leastLoaded = (subscribers: readonly Loaded[]): Loaded =>
  subscribers.reduce((least, each) => (each.load < least.load ? each : least))

function mostLoadedOwner(topicId: string, subscribers: readonly Loaded[]): Loaded | undefined {
  const owners = subscribers.filter(({ partitions }) => partitions.has(topicId))
  return owners.length === 0 ? undefined : owners.reduce((most, each) => (each.load > most.load ? each : most))
}

function give(to: Loaded, topicId: string, partition: number): void {
  const indexes = to.partitions.get(topicId)
  if (indexes) indexes.add(partition)
  else to.partitions.set(topicId, new Set([partition]))
  to.load += 1
}

function take(from: Loaded, topicId: string, partition: number): void {
  const indexes = from.partitions.get(topicId)!
  indexes.delete(partition)
  if (indexes.size === 0) from.partitions.delete(topicId)
  from.load -= 1
}
