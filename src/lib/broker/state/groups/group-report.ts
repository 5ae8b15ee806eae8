import { MalformedError } from '../../../errors.ts'
import { formatPartitions } from '../coordination/format-partitions.ts'
import type { ClassicGroup } from './classic/group.ts'
import { listPartitions } from './consumer/assignment.ts'
import type { ConsumerGroup } from './consumer/group.ts'
import type { ConsumerMember } from './consumer/member.ts'
import { readAssignment } from './consumer-protocol.ts'
import type { TopicLookup } from './topic-lookup.ts'

type Group = ClassicGroup | ConsumerGroup
type TopicPartitions = readonly [topic: string, partitions: Iterable<number>][]

type Named = Pick<ConsumerMember, 'memberId' | 'clientId'>

interface Told {
  /** Names of the members by id. */
  readonly members: Map<string, string>
  /** The generation, or epoch, whose assignment has been told. */
  round: string
}

/** Tells of members that join and leave, and of each assignment that a rebalance ends with. */
export class GroupReport {
  private readonly told = new Map<string, Told>()

  /** The groups are as everybody knows them. */
  constructor(
    private readonly info: (line: string) => void,
    private readonly topics: TopicLookup,
    groups: Iterable<Group>,
  ) {
    for (const group of groups) this.told.set(group.groupId, { members: namesOf(group), round: roundOf(group) })
  }

  /** To be called whenever the group may be another than before. */
  onChanged(group: Group): void {
    const { groupId } = group
    const told = this.told.get(groupId) ?? { members: new Map<string, string>(), round: '' }
    this.told.set(groupId, told)
    this.tellMembers(group, told)
    const round = roundOf(group)
    if (group.state !== 'Stable' || told.round === round) return
    told.round = round
    this.info(`group ${groupId}: ${members(group.members.size)}, ${round}: ${this.assignments(group).join('; ')}`)
  }

  onDeleted(groupId: string): void {
    if (this.told.delete(groupId)) this.info(`group ${groupId} deleted`)
  }

  private tellMembers({ groupId, members: current }: Group, { members: known }: Told): void {
    for (const [memberId, name] of known) {
      if (current.has(memberId)) continue
      known.delete(memberId)
      this.info(`group ${groupId}: ${name} left, ${members(known.size)}`)
    }
    for (const member of current.values()) {
      if (known.has(member.memberId)) continue
      known.set(member.memberId, nameOf(member))
      this.info(`group ${groupId}: ${nameOf(member)} joined, ${members(known.size)}`)
    }
  }

  private assignments(group: Group): string[] {
    const { topics } = this
    const all: (readonly [string, TopicPartitions])[] =
      group.type === 'classic'
        ? Array.from(group.members.values(), (member) => [
            nameOf(member),
            group.usesConsumerProtocol ? readPartitions(member.assignment) : [],
          ])
        : Array.from(group.members.values(), (member) => [
            nameOf(member),
            listPartitions(member.assigned).map(({ topicId, partitions }) => [
              topics.topicName(topicId) ?? topicId,
              partitions,
            ]),
          ])
    return all.map(([name, partitions]) => `${formatPartitions(partitions) || 'nothing'} to ${name}`)
  }
}

const members = (count: number): string => `${count} ${count === 1 ? 'member' : 'members'}`

const namesOf = ({ members }: { readonly members: ReadonlyMap<string, Named> }): Map<string, string> =>
  new Map(Array.from(members, ([memberId, member]) => [memberId, nameOf(member)]))

/** Ids of members are long: the client's, and of what follows as much as tells one from another. */
function nameOf({ memberId, clientId }: Named): string {
  const unique = memberId.startsWith(`${clientId}-`) ? memberId.slice(clientId.length + 1) : memberId
  return `${clientId}-${unique.slice(0, 8)}`
}

const roundOf = (group: Group): string =>
  group.type === 'classic' ? `generation ${group.generationId}` : `epoch ${group.assignmentEpoch}`

/** Clients may put anything into an assignment. */
function readPartitions(assignment: Buffer): TopicPartitions {
  try {
    return readAssignment(assignment).assignedPartitions.map(({ topic, partitions }) => [topic, partitions])
  } catch (error) {
    if (error instanceof MalformedError) return []
    throw error
  }
}
