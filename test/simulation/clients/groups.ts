import { ConsumerGroupHeartbeat } from '../../../src/lib/protocol/apis/consumer-group-heartbeat.ts'
import { COORDINATOR_TYPES } from '../../../src/lib/protocol/apis/find-coordinator.ts'
import { Heartbeat } from '../../../src/lib/protocol/apis/heartbeat.ts'
import { JoinGroup, type JoinGroupResponse } from '../../../src/lib/protocol/apis/join-group.ts'
import { LeaveGroup } from '../../../src/lib/protocol/apis/leave-group.ts'
import { OffsetCommit } from '../../../src/lib/protocol/apis/offset-commit.ts'
import { OffsetFetch } from '../../../src/lib/protocol/apis/offset-fetch.ts'
import { SyncGroup } from '../../../src/lib/protocol/apis/sync-group.ts'
import type { ErrorName } from '../../../src/lib/protocol/errors.ts'
import type { Simulation } from '../simulation.ts'
import { nameOf, type Client } from './client.ts'
import type { Target } from './producers.ts'

const SESSION_MS = 6000

/** A member as the coordinator knows it. */
interface Membership {
  readonly memberId: string
  /** Generation of a classic group, epoch of a member of the consumer protocol. */
  readonly epoch: number
}

/** What members of both protocols do: commit what they are assigned, and find what was committed. */
abstract class Member {
  protected coordinator = -1

  constructor(
    protected readonly client: Client,
    protected readonly simulation: Simulation,
    protected readonly group: string,
    protected readonly topic: string,
  ) {}

  async run(): Promise<void> {
    while (!this.simulation.isEnding) {
      const coordinator = await this.client.coordinator(COORDINATOR_TYPES.group, this.group)
      this.coordinator = coordinator ?? -1
      if (coordinator !== null) await this.takePart()
      await this.client.pauseABit()
    }
  }

  /** From joining until something goes wrong, or it has had enough. */
  protected abstract takePart(): Promise<void>

  /** Commits the next offset of one partition; whether it may go on. */
  protected async commit({ memberId, epoch }: Membership, partition: number): Promise<boolean> {
    const { client, group, topic, coordinator } = this
    const { ledger } = this.simulation
    const known = await client.topic(topic)
    if (!known) return true
    const target = { topic, partition }
    const offset = ledger.nextOffset(group, target)
    const answer = await client.ask(coordinator, OffsetCommit, {
      groupId: group,
      memberId,
      generationIdOrMemberEpoch: epoch,
      topics: [{ topicId: known.topicId, partitions: [{ partitionIndex: partition, committedOffset: offset }] }],
    })
    const error = nameOf(answer?.topics[0]?.partitions[0]?.errorCode)
    if (error === 'NONE') ledger.offsetCommitted(group, target, offset)
    return error === 'NONE'
  }

  /** Finds what was committed, by whomever; whether it may go on. */
  protected async find(target: Target): Promise<boolean> {
    const { client, group, coordinator } = this
    const { ledger } = this.simulation
    const least = ledger.committedOffset(group, target)
    const offset = await committedOffset(client, coordinator, group, target)
    if (offset !== null) ledger.offsetFetched(group, target, offset, least)
    return offset !== null
  }
}

export async function committedOffset(
  client: Client,
  coordinator: number,
  groupId: string,
  { topic, partition }: Target,
): Promise<bigint | null> {
  const known = await client.topic(topic)
  if (!known) return null
  const answer = await client.ask(coordinator, OffsetFetch, {
    requireStable: true,
    groups: [{ groupId, topics: [{ topicId: known.topicId, partitionIndexes: [partition] }] }],
  })
  const found = answer?.groups[0]
  const ofPartition = found?.topics[0]?.partitions[0]
  return found?.errorCode === 0 && ofPartition?.errorCode === 0 ? ofPartition.committedOffset : null
}

/** A member of a classic group, whose leader assigns. */
export class ClassicMember extends Member {
  protected async takePart(): Promise<void> {
    const { client, simulation, group } = this
    const { world } = simulation
    const joined = await this.join('')
    if (!joined) return
    const { memberId, generationId } = joined
    const partitions = await this.sync(joined)
    if (!partitions) return
    const membership = { memberId, epoch: generationId }
    for (const partition of partitions) if (!(await this.find({ topic: this.topic, partition }))) return
    for (let left = world.integer(3, 20); left > 0 && !simulation.isEnding; left -= 1) {
      await client.pause(world.between(100, 600))
      const answer = await client.ask(this.coordinator, Heartbeat, { groupId: group, memberId, generationId })
      if (answer?.errorCode !== 0) return
      if (partitions.length > 0 && !(await this.commit(membership, world.pick(partitions)))) return
    }
    // Some leave without a word.
    if (world.isLucky(0.7)) await client.ask(this.coordinator, LeaveGroup, { groupId: group, members: [{ memberId }] })
  }

  private async join(memberId: string): Promise<JoinGroupResponse | null> {
    const answer = await this.client.ask(
      this.coordinator,
      JoinGroup,
      {
        groupId: this.group,
        sessionTimeoutMs: SESSION_MS,
        rebalanceTimeoutMs: SESSION_MS,
        memberId,
        protocolType: 'consumer',
        protocols: [{ name: 'range', metadata: Buffer.alloc(0) }],
      },
      SESSION_MS * 3,
    )
    const error: ErrorName | null = nameOf(answer?.errorCode)
    if (error === 'MEMBER_ID_REQUIRED' && memberId === '') return this.join(answer!.memberId)
    return error === 'NONE' ? answer : null
  }

  private async sync({ memberId, generationId, leader, members }: JoinGroupResponse): Promise<number[] | null> {
    const known = await this.client.topic(this.topic)
    const partitions = known?.leaders.map((_, partition) => partition) ?? []
    const assignments = members.map((member, index) => ({
      memberId: member.memberId,
      assignment: Buffer.from(partitions.filter((partition) => partition % members.length === index)),
    }))
    const answer = await this.client.ask(
      this.coordinator,
      SyncGroup,
      {
        groupId: this.group,
        generationId,
        memberId,
        protocolType: 'consumer',
        protocolName: 'range',
        assignments: leader === memberId ? assignments : [],
      },
      SESSION_MS * 2,
    )
    return answer?.errorCode === 0 ? [...answer.assignment] : null
  }
}

/** A member of a group whose coordinator assigns (KIP-848). */
export class ConsumerMember extends Member {
  protected async takePart(): Promise<void> {
    const { world } = this.simulation
    let memberId = this.simulation.newUuid()
    let epoch = 0
    let owned: number[] = []
    for (let left = world.integer(5, 30); left > 0 && !this.simulation.isEnding; left -= 1) {
      const answer = await this.heartbeat(memberId, epoch, owned)
      if (answer?.errorCode !== 0) return
      memberId = answer.memberId ?? memberId
      epoch = answer.memberEpoch
      const assigned = answer.assignment?.topicPartitions.flatMap(({ partitions }) => [...partitions])
      if (assigned) {
        for (const partition of assigned)
          if (!owned.includes(partition) && !(await this.find({ topic: this.topic, partition }))) return
        owned = assigned
      }
      if (owned.length > 0 && !(await this.commit({ memberId, epoch }, world.pick(owned)))) return
      await this.client.pause(world.between(100, 600))
    }
    if (world.isLucky(0.7)) await this.heartbeat(memberId, -1, [])
  }

  private async heartbeat(memberId: string, memberEpoch: number, owned: readonly number[]) {
    const known = await this.client.topic(this.topic)
    if (!known) return null
    return this.client.ask(this.coordinator, ConsumerGroupHeartbeat, {
      groupId: this.group,
      memberId,
      memberEpoch,
      rebalanceTimeoutMs: SESSION_MS,
      subscribedTopicNames: [this.topic],
      serverAssignor: null,
      topicPartitions: [{ topicId: known.topicId, partitions: owned }],
    })
  }
}
