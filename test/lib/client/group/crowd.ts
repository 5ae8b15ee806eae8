import { Consumer, consumerSettings, Delivery, topicsNamed } from '../../../../src/lib/client/consumer/index.ts'
import type { TopicPartition } from '../../../../src/lib/client/topic-partition.ts'
import { groupAssignment, groupSettings } from '../../../../src/lib/client/group/index.ts'
import type { Api } from '../../../../src/lib/protocol/api.ts'
import {
  OffsetCommit,
  type OffsetCommitRequest,
  type OffsetCommitResponse,
} from '../../../../src/lib/protocol/apis/offset-commit.ts'
import { TestBroker } from '../../../support/broker.ts'
import { FakeClock } from '../../../support/fake-clock.ts'
import { InMemoryClient } from '../../../support/in-memory-client.ts'

export interface Member {
  readonly name: string
  readonly instanceId: string | undefined
  readonly held: Set<string>
  /** Commits, and leaves as `kts consume` does after Ctrl-C. */
  leave(): Promise<void>
  /** Is gone without a word, like a process that was killed. */
  die(): void
}

const name = ({ topic, partition }: TopicPartition): string => `${topic}-${partition}`

/** Members of group `g` reading topic `t` of a broker in the same process, and a watch on what must never happen. */
export class Crowd {
  readonly clock = new FakeClock()
  readonly broker: TestBroker
  readonly members = new Set<Member>()
  /** How often each value was delivered. */
  readonly delivered = new Map<string, number>()
  /** What must not happen, in words. */
  readonly wrongs: string[] = []
  readonly committed = new Map<string, bigint>()
  readonly notices: string[] = []
  private count = 0

  constructor(
    private readonly properties: Readonly<Record<string, string>>,
    brokerProperties: Record<string, string>,
  ) {
    this.broker = new TestBroker({ clock: this.clock, properties: brokerProperties })
  }

  join(instanceId?: string): Member {
    const held = new Set<string>()
    const client = new InMemoryClient(this.broker, (api, request, response) =>
      this.watchCommits(api, request, response),
    )
    const properties = new Map(
      Object.entries({
        'group.id': 'g',
        'auto.offset.reset': 'earliest',
        ...this.properties,
        ...(instanceId !== undefined && { 'group.instance.id': instanceId }),
      }),
    )
    const settings = consumerSettings(properties)
    const notice = (line: string): void => void this.notices.push(line)
    const consumer = new Consumer({
      client,
      settings,
      clock: this.clock,
      notice,
      assign: (parts) =>
        groupAssignment(parts, {
          group: groupSettings(properties)!,
          settings,
          subscription: topicsNamed(['t']),
          printed: () => Promise.resolve(true),
          notice,
          onAssigned: (partitions) => this.give(member, partitions.map(name)),
          onRevoked: (partitions) => partitions.forEach((partition) => held.delete(name(partition))),
        }),
    })
    const reading = this.read(consumer)
    const gone = (): void => {
      this.members.delete(member)
      held.clear()
    }
    const member: Member = {
      name: `${instanceId ?? 'member'}-${(this.count += 1)}`,
      instanceId,
      held,
      leave: async () => {
        consumer.stop()
        await reading
        await consumer.close(true)
        gone()
        await client.close()
      },
      die: () => {
        client.die()
        consumer.stop()
        gone()
      },
    }
    this.members.add(member)
    return member
  }

  private async read(consumer: Consumer): Promise<void> {
    const delivery = new Delivery(
      {
        batch() {},
        record: ({ body, valueStart, valueLength }) => {
          const value = body.toString('utf8', valueStart, valueStart + valueLength)
          this.delivered.set(value, (this.delivered.get(value) ?? 0) + 1)
        },
        endBatch() {},
        ready: () => undefined,
      },
      { checkCrcs: true, isReadCommitted: false, maxRecords: Infinity, isStopped: () => consumer.isStopped },
    )
    try {
      for (let records = await consumer.next(); records; records = await consumer.next()) {
        await delivery.deliver(records)
        consumer.release(records)
      }
    } catch (error) {
      this.wrongs.push(`a member ended: ${String(error)}`)
    }
  }

  private give(member: Member, partitions: readonly string[]): void {
    for (const partition of partitions) {
      const other = [...this.members].find(({ held }) => held.has(partition))
      if (other) this.wrongs.push(`${partition} was given to ${member.name} while ${other.name} had it`)
      member.held.add(partition)
    }
  }

  private watchCommits(api: Api, request: unknown, response: unknown): void {
    if (api.key !== OffsetCommit.key) return
    const asked = (request as OffsetCommitRequest).topics.flatMap(({ partitions }) => [...partitions])
    const answered = (response as OffsetCommitResponse).topics.flatMap(({ partitions }) => [...partitions])
    for (const { partitionIndex, committedOffset } of asked) {
      if (answered.find((answer) => answer.partitionIndex === partitionIndex)?.errorCode !== 0) continue
      const before = this.committed.get(`t-${partitionIndex}`) ?? 0n
      if (committedOffset < before)
        this.wrongs.push(`t-${partitionIndex} went back from ${before} to ${committedOffset}`)
      this.committed.set(`t-${partitionIndex}`, committedOffset)
    }
  }
}
