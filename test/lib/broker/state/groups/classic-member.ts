import { Heartbeat } from '../../../../../src/lib/protocol/apis/heartbeat.ts'
import { JoinGroup, type JoinGroupResponse } from '../../../../../src/lib/protocol/apis/join-group.ts'
import { LeaveGroup } from '../../../../../src/lib/protocol/apis/leave-group.ts'
import { OffsetCommit } from '../../../../../src/lib/protocol/apis/offset-commit.ts'
import { SyncGroup } from '../../../../../src/lib/protocol/apis/sync-group.ts'
import { errorName, type ErrorName } from '../../../../../src/lib/protocol/errors.ts'
import { subscription, type GroupNode } from './group-node.ts'

export interface MemberOptions {
  readonly groupInstanceId?: string | null
  readonly protocolType?: string
  readonly protocols?: readonly { name: string; metadata: Buffer }[]
  readonly sessionTimeoutMs?: number
  readonly rebalanceTimeoutMs?: number
}

/** A member of a classic group as a client plays it. */
export class ClassicClient {
  memberId = ''
  generationId = -1
  leader = ''
  protocolName: string | null = null
  members: JoinGroupResponse['members'] = []
  constructor(
    readonly node: GroupNode,
    readonly groupId: string,
    readonly options: MemberOptions = {},
  ) {}

  get isLeader(): boolean {
    return this.leader === this.memberId
  }

  /** Joins, with the id that it is given first if need be; the answer comes when the generation is complete. */
  async join(version: number = JoinGroup.maxVersion): Promise<ErrorName> {
    const first = await this.sendJoin(version)
    const name = errorName(first.errorCode)
    return name === 'MEMBER_ID_REQUIRED' ? errorName((await this.sendJoin(version)).errorCode) : name
  }

  async sendJoin(version: number = JoinGroup.maxVersion): Promise<JoinGroupResponse> {
    const {
      groupInstanceId = null,
      protocolType = 'consumer',
      sessionTimeoutMs = 10_000,
      rebalanceTimeoutMs = 60_000,
    } = this.options
    const protocols = this.options.protocols ?? [{ name: 'range', metadata: subscription('t') }]
    const answer = await this.node.send(
      JoinGroup,
      {
        groupId: this.groupId,
        memberId: this.memberId,
        groupInstanceId,
        protocolType,
        protocols,
        sessionTimeoutMs,
        rebalanceTimeoutMs,
      },
      version,
    )
    this.memberId = answer.memberId
    if (answer.errorCode === 0)
      Object.assign(this, {
        generationId: answer.generationId,
        leader: answer.leader,
        protocolName: answer.protocolName,
        members: answer.members,
      })
    return answer
  }

  /** Sends an assignment when it leads, and returns its own part as text, or the name of an error. */
  async sync(assignments: Readonly<Record<string, string | Buffer>> = {}): Promise<string> {
    const answer = await this.node.send(SyncGroup, {
      groupId: this.groupId,
      memberId: this.memberId,
      generationId: this.generationId,
      groupInstanceId: this.options.groupInstanceId ?? null,
      protocolType: this.options.protocolType ?? 'consumer',
      protocolName: this.protocolName,
      assignments: Object.entries(assignments).map(([memberId, part]) => ({
        memberId,
        assignment: typeof part === 'string' ? Buffer.from(part) : part,
      })),
    })
    return answer.errorCode === 0 ? answer.assignment.toString() : errorName(answer.errorCode)
  }

  async heartbeat(): Promise<ErrorName> {
    const { groupId, memberId, generationId } = this
    const { errorCode } = await this.node.send(Heartbeat, {
      groupId,
      memberId,
      generationId,
      groupInstanceId: this.options.groupInstanceId ?? null,
    })
    return errorName(errorCode)
  }

  async commit(offset: bigint, topic = 't', partition = 0): Promise<ErrorName> {
    const { topics } = await this.node.send(
      OffsetCommit,
      {
        groupId: this.groupId,
        memberId: this.memberId,
        generationIdOrMemberEpoch: this.generationId,
        groupInstanceId: this.options.groupInstanceId ?? null,
        topics: [{ name: topic, partitions: [{ partitionIndex: partition, committedOffset: offset }] }],
      },
      9,
    )
    return errorName(topics[0]!.partitions[0]!.errorCode)
  }

  async leave(): Promise<ErrorName> {
    const { members } = await this.node.send(LeaveGroup, {
      groupId: this.groupId,
      members: [{ memberId: this.memberId }],
    })
    return errorName(members[0]!.errorCode)
  }
}

/** Has members join until all are in one generation, and gives each its own name as assignment. */
export async function stabilise(node: GroupNode, ...members: readonly ClassicClient[]): Promise<void> {
  const first = members.map((member) => member.join())
  await turns(node)
  await Promise.all(first)
  // Members that were in an earlier generation have to join again.
  const latest = Math.max(...members.map(({ generationId }) => generationId))
  if (members.some(({ generationId }) => generationId < latest)) throw new Error('members are in different generations')
  const leader = members.find(({ isLeader }) => isLeader)!
  const assignments = Object.fromEntries(members.map(({ memberId }, index) => [memberId, `part ${index}`]))
  await Promise.all(members.map((member) => member.sync(member === leader ? assignments : {})))
}

/** Has a member join, and returns when its request is with the coordinator; the answer may come later. */
export async function joining(node: GroupNode, member: ClassicClient): Promise<{ answer: Promise<ErrorName> }> {
  const answer = member.join()
  await turns(node, 2)
  return { answer }
}

/** Lets promises and timers that are due run. */
export async function turns(node: GroupNode, count = 10): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) {
    for (let tick = 0; tick < 5; tick += 1) await Promise.resolve()
    node.clock.advance(0)
  }
}
