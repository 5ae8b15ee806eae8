import { ConsumerGroupDescribe } from '../../../../../src/lib/protocol/apis/consumer-group-describe.ts'
import {
  ConsumerGroupHeartbeat,
  type ConsumerGroupHeartbeatRequest,
} from '../../../../../src/lib/protocol/apis/consumer-group-heartbeat.ts'
import { OffsetCommit } from '../../../../../src/lib/protocol/apis/offset-commit.ts'
import { errorName, type ErrorName } from '../../../../../src/lib/protocol/errors.ts'
import type { GroupNode } from './group-node.ts'

/** Topic name and partition, as `t-0`. */
export type Owned = readonly string[]

/** A consumer of KIP-848 as a client plays it: it does what it is told, and says what it has. */
export class ConsumerClient {
  epoch = 0
  owned: string[] = []
  /** After an answer that was lost a client says everything again. */
  mustSayAll = false
  error: ErrorName = 'NONE'
  message: string | null = null
  constructor(
    readonly node: GroupNode,
    readonly groupId: string,
    public memberId: string,
    readonly fields: Partial<ConsumerGroupHeartbeatRequest> = {},
  ) {}

  /** Sends everything about itself, and takes what it is given. */
  async join(): Promise<ErrorName> {
    this.owned = []
    this.epoch = 0
    return this.send({ ...this.full(), memberEpoch: 0, topicPartitions: [] })
  }

  /** Sends what it has, as a client does after each change. */
  async beat(fields: Partial<ConsumerGroupHeartbeatRequest> = {}): Promise<ErrorName> {
    const everything = this.mustSayAll ? this.full() : {}
    this.mustSayAll = false
    return this.send({ ...everything, memberEpoch: this.epoch, topicPartitions: this.listed(), ...fields })
  }

  async leave(memberEpoch = -1): Promise<ErrorName> {
    return this.send({ memberEpoch })
  }

  async commit(partition: string, offset: bigint): Promise<ErrorName> {
    const [name = '', index] = partition.split('-')
    const { topics } = await this.node.send(
      OffsetCommit,
      {
        groupId: this.groupId,
        memberId: this.memberId,
        generationIdOrMemberEpoch: this.epoch,
        topics: [{ name, partitions: [{ partitionIndex: Number(index), committedOffset: offset }] }],
      },
      9,
    )
    return errorName(topics[0]!.partitions[0]!.errorCode)
  }

  private full(): Partial<ConsumerGroupHeartbeatRequest> {
    return {
      rebalanceTimeoutMs: 60_000,
      ...(this.fields.subscribedTopicRegex === undefined && { subscribedTopicNames: ['t'] }),
      ...this.fields,
    }
  }

  private async send(fields: Partial<ConsumerGroupHeartbeatRequest>): Promise<ErrorName> {
    const { groupId, memberId } = this
    const answer = await this.node.send(ConsumerGroupHeartbeat, {
      groupId,
      memberId,
      instanceId: this.fields.instanceId ?? null,
      ...fields,
    })
    this.error = errorName(answer.errorCode)
    this.message = answer.errorMessage
    if (answer.errorCode !== 0) return this.error
    this.memberId = answer.memberId!
    this.epoch = answer.memberEpoch
    if (answer.assignment)
      this.owned = answer.assignment.topicPartitions.flatMap(({ topicId, partitions }) =>
        partitions.map((partition) => `${this.nameOf(topicId)}-${partition}`),
      )
    return this.error
  }

  private listed() {
    const topics = [...new Set(this.owned.map((each) => each.split('-')[0]!))]
    return topics.map((name) => ({
      topicId: this.node.topics.get(name)?.topicId ?? 'AAAAAAAAAAAAAAAAAAAAAQ',
      partitions: this.owned.filter((each) => each.startsWith(`${name}-`)).map((each) => Number(each.split('-')[1])),
    }))
  }

  private nameOf(topicId: string): string {
    return [...this.node.topics].find(([, topic]) => topic.topicId === topicId)?.[0] ?? topicId
  }
}

export async function describeConsumers(node: GroupNode, groupId: string) {
  return (await node.send(ConsumerGroupDescribe, { groupIds: [groupId] })).groups[0]!
}

/** Heartbeats all round until the group is stable. Throws when it does not come to be. */
export async function settle(node: GroupNode, ...members: readonly ConsumerClient[]): Promise<void> {
  for (let round = 0; round < 20; round += 1) {
    for (const member of members) await member.beat()
    const { groupState } = await describeConsumers(node, members[0]!.groupId)
    if (groupState === 'Stable') return
  }
  throw new Error('the group does not settle')
}
