import { Heartbeat } from '../../../../src/lib/protocol/apis/heartbeat.ts'
import { JoinGroup, type JoinGroupRequest } from '../../../../src/lib/protocol/apis/join-group.ts'
import { LeaveGroup } from '../../../../src/lib/protocol/apis/leave-group.ts'
import { OffsetCommit } from '../../../../src/lib/protocol/apis/offset-commit.ts'
import { OffsetFetch } from '../../../../src/lib/protocol/apis/offset-fetch.ts'
import { SyncGroup } from '../../../../src/lib/protocol/apis/sync-group.ts'
import { ERRORS, type ErrorName } from '../../../../src/lib/protocol/errors.ts'
import { encodeAssignment } from '../../../../src/lib/client/group/consumer-protocol.ts'
import type { TopicPartition } from '../../../../src/lib/client/topic-partition.ts'
import type { FakeCluster } from '../consumer/fake-cluster.ts'

type Scripted = 'join' | 'sync' | 'heartbeat' | 'commit' | 'offset-fetch'

/**
 * A coordinator over a fake cluster. Our member leads unless `assignment` says what a leader elsewhere has dealt out.
 */
export class FakeGroup {
  readonly committed = new Map<string, bigint>()
  /** Answered once each, in order, instead of success. */
  readonly errors: Record<Scripted, ErrorName[]> = { join: [], sync: [], heartbeat: [], commit: [], 'offset-fetch': [] }
  /** What happened, in order: `join m1`, `sync`, `commit t-0@3`, `leave m1` … Heartbeats are counted only. */
  readonly story: string[] = []
  heartbeats = 0
  generation = 0
  assignment: TopicPartition[] | undefined
  /** What this member is dealt, byte for byte. */
  assignmentBytes: Buffer | undefined
  otherMembers: { memberId: string; metadata: Buffer }[] = []
  dealt: { memberId: string; assignment: Buffer }[] = []
  lastJoin: JoinGroupRequest | undefined
  skipAssignment = false
  private members = 0

  constructor(cluster: FakeCluster) {
    cluster.on(JoinGroup, (request) => this.join(request))
    cluster.on(SyncGroup, ({ assignments, memberId }) => {
      const error = this.next('sync')
      this.story.push(`sync${error ? ` ${error}` : ''}`)
      if (error) return { errorCode: ERRORS[error] }
      this.dealt = assignments
      if (this.assignmentBytes) return { assignment: this.assignmentBytes }
      const own = this.assignment
        ? encodeAssignment(this.assignment)
        : assignments.find((item) => item.memberId === memberId)?.assignment
      return { assignment: own ?? Buffer.alloc(0) }
    })
    cluster.on(Heartbeat, () => {
      this.heartbeats += 1
      const error = this.next('heartbeat')
      return { errorCode: error ? ERRORS[error] : 0 }
    })
    cluster.on(LeaveGroup, ({ members }) => {
      this.story.push(`leave ${members[0]!.memberId}`)
      return { members }
    })
    cluster.on(OffsetCommit, ({ topics, generationIdOrMemberEpoch, memberId }) => {
      const error = this.next('commit')
      const nameOf = (id: string) => [...cluster.topics].find(([, topic]) => topic.id === id)![0]
      const positions = topics.flatMap((topic) =>
        topic.partitions.map(
          ({ partitionIndex, committedOffset }) =>
            [`${nameOf(topic.topicId)}-${partitionIndex}`, committedOffset] as const,
        ),
      )
      this.story.push(
        `commit ${positions.map((pair) => pair.join('@')).join(' ')} by ${memberId}/${generationIdOrMemberEpoch}${error ? ` ${error}` : ''}`,
      )
      if (!error) for (const [key, offset] of positions) this.committed.set(key, offset)
      return {
        topics: topics.map(({ topicId, partitions }) => ({
          topicId,
          partitions: partitions.map(({ partitionIndex }) => ({
            partitionIndex,
            errorCode: error ? ERRORS[error] : 0,
          })),
        })),
      }
    })
    cluster.on(OffsetFetch, ({ groups }) => {
      const error = this.next('offset-fetch')
      const [{ groupId, topics }] = groups as [(typeof groups)[number]]
      const nameOf = (id: string) => [...cluster.topics].find(([, topic]) => topic.id === id)![0]
      return {
        groups: [
          {
            groupId,
            errorCode: error ? ERRORS[error] : 0,
            topics: topics!.map(({ topicId, partitionIndexes }) => ({
              topicId,
              partitions: partitionIndexes.map((partitionIndex) => ({
                partitionIndex,
                committedOffset: this.committed.get(`${nameOf(topicId)}-${partitionIndex}`) ?? -1n,
              })),
            })),
          },
        ],
      }
    })
  }

  private join(request: JoinGroupRequest) {
    this.lastJoin = request
    const error = this.next('join')
    const { memberId, protocols } = request
    this.story.push(`join ${memberId || 'new'}${error ? ` ${error}` : ''}`)
    if (error) return { errorCode: ERRORS[error] }
    if (memberId === '' && request.groupInstanceId === null)
      return { errorCode: ERRORS.MEMBER_ID_REQUIRED, memberId: `m${(this.members += 1)}` }
    const own = memberId || `m${(this.members += 1)}`
    const leader = this.assignment ? 'other' : own
    this.generation += 1
    return {
      generationId: this.generation,
      protocolType: 'consumer',
      protocolName: protocols[0]!.name,
      leader,
      memberId: own,
      skipAssignment: this.skipAssignment,
      members: leader === own ? [{ memberId: own, metadata: protocols[0]!.metadata }, ...this.otherMembers] : [],
    }
  }

  private next(kind: Scripted): ErrorName | undefined {
    return this.errors[kind].shift()
  }
}
