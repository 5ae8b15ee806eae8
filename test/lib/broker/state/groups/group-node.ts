import type { Api } from '../../../../../src/lib/protocol/api.ts'
import { Reader, Writer } from '../../../../../src/lib/protocol/bytes.ts'
import { Turns } from '../../../../../src/lib/broker/state/turns.ts'
import type { Fields, Input, Message } from '../../../../../src/lib/protocol/schema.ts'
import type { ApiHandler, RequestContext } from '../../../../../src/lib/broker/handle.ts'
import { consumerGroupDescribe } from '../../../../../src/lib/broker/handlers/consumer-group-describe.ts'
import { consumerGroupHeartbeat } from '../../../../../src/lib/broker/handlers/consumer-group-heartbeat.ts'
import { deleteGroups } from '../../../../../src/lib/broker/handlers/delete-groups.ts'
import { describeGroups } from '../../../../../src/lib/broker/handlers/describe-groups.ts'
import { findCoordinator } from '../../../../../src/lib/broker/handlers/find-coordinator.ts'
import { heartbeat } from '../../../../../src/lib/broker/handlers/heartbeat.ts'
import { joinGroup } from '../../../../../src/lib/broker/handlers/join-group.ts'
import { leaveGroup } from '../../../../../src/lib/broker/handlers/leave-group.ts'
import { listGroups } from '../../../../../src/lib/broker/handlers/list-groups.ts'
import { offsetCommit } from '../../../../../src/lib/broker/handlers/offset-commit.ts'
import { offsetDelete } from '../../../../../src/lib/broker/handlers/offset-delete.ts'
import { offsetFetch } from '../../../../../src/lib/broker/handlers/offset-fetch.ts'
import { syncGroup } from '../../../../../src/lib/broker/handlers/sync-group.ts'
import { GroupCoordinator } from '../../../../../src/lib/broker/state/groups/coordinator.ts'
import { decodeRecord, type GroupRecord } from '../../../../../src/lib/broker/state/groups/records.ts'
import {
  groupSettings,
  type GroupOverrides,
  type GroupSettings,
} from '../../../../../src/lib/broker/state/groups/settings.ts'
import { BrokerConfig } from '../../../../../src/lib/broker/state/configs/broker-config.ts'
import { FakeClock } from '../../../../support/fake-clock.ts'
import { MemoryStateTopic } from '../coordination/memory-state-topic.ts'

const HANDLERS: readonly ApiHandler[] = [
  consumerGroupDescribe,
  consumerGroupHeartbeat,
  deleteGroups,
  describeGroups,
  findCoordinator,
  heartbeat,
  joinGroup,
  leaveGroup,
  listGroups,
  offsetCommit,
  offsetDelete,
  offsetFetch,
  syncGroup,
]

export interface FakeTopic {
  readonly topicId: string
  partitions: number
}

/**
 * The handlers of the group APIs over a coordinator: requests and answers go through their codecs, the state topic is
 * in memory.
 */
export class GroupNode {
  readonly clock = new FakeClock()
  readonly stateTopic = new MemoryStateTopic()
  readonly topics = new Map<string, FakeTopic>()
  readonly settings: GroupSettings
  readonly told: string[] = []
  overrides: GroupOverrides = {}
  coordinator!: GroupCoordinator
  private isStarted = false

  constructor(settings: Partial<GroupSettings> = {}) {
    this.settings = {
      ...groupSettings(() => new BrokerConfig(new Map())),
      initialRebalanceDelayMs: 0,
      consumerAssignmentIntervalMs: 0,
      ...settings,
    }
    this.start()
  }

  /** Begins with what the state topic holds, as after a crash: the coordinator before writes nothing more. */
  start(): void {
    if (this.isStarted) this.coordinator.close()
    this.isStarted = true
    this.coordinator = new GroupCoordinator({
      clock: this.clock,
      settings: this.settings,
      stateTopic: this.stateTopic,
      overrides: () => this.overrides,
      info: (line) => this.told.push(line),
      topics: {
        partitionCount: (name) => this.topics.get(name)?.partitions ?? null,
        topicId: (name) => this.topics.get(name)?.topicId ?? null,
        topicName: (id) => [...this.topics].find(([, { topicId }]) => topicId === id)?.[0] ?? null,
        names: () => this.topics.keys(),
      },
    })
    this.coordinator.load()
  }

  /** What the coordinator has written. */
  records(): GroupRecord[] {
    return this.stateTopic.records().map((record) => decodeRecord(record)!)
  }

  addTopic(name: string, partitions = 1): string {
    const topicId = Buffer.from(name.padEnd(16, '~').slice(0, 16)).toString('base64url')
    this.topics.set(name, { topicId, partitions })
    this.coordinator.onMetadataChanged()
    return topicId
  }

  async send<Q extends Fields, S extends Fields>(
    api: Api<Q, S>,
    request: Input<Message<Q>>,
    version = api.maxVersion,
    clientId = 'client',
  ): Promise<Message<S>> {
    const handler = HANDLERS.find(({ api: { key } }) => key === api.key)!
    const writer = new Writer()
    api.request(version).write(writer, request)
    const received = api.request(version).read(new Reader(writer.toBuffer()))
    const answer = await handler.run(received as never, this.requestContext(api, version, clientId))
    const answerWriter = new Writer()
    api.response(version).write(answerWriter, answer as Input<Message<S>>)
    return api.response(version).read(new Reader(answerWriter.toBuffer()))
  }

  private requestContext(
    api: Api<Fields, Fields> | { key: number },
    apiVersion: number,
    clientId: string,
  ): RequestContext {
    const asTopic = (name: string, { topicId, partitions }: FakeTopic) => ({
      name,
      topicId,
      partitions: Array.from({ length: partitions }, (_, partition) => ({ partition, leader: 1 })),
    })
    const find = (matches: (name: string, topic: FakeTopic) => boolean) => {
      const found = [...this.topics].find(([name, topic]) => matches(name, topic))
      return found && asTopic(...found)
    }
    const stateTopic = { topicId: '', partitions: this.stateTopic.partitions.length }
    const cluster = {
      featureLevel: () => 1,
      topic: (wanted: string) =>
        wanted === '__consumer_offsets' ? asTopic(wanted, stateTopic) : find((name) => name === wanted),
      topicById: (id: string) => find((_, { topicId }) => topicId === id),
      registration: (nodeId: number) =>
        nodeId === 1 ? { nodeId, endpoints: new Map([['PLAINTEXT', { host: 'here', port: 9092 }]]) } : undefined,
    }
    return {
      broker: { groups: this.coordinator, cluster, nodeId: 1, clock: this.clock, turns: new Turns(this.clock) },
      connection: { listener: 'PLAINTEXT', principal: 'User:ANONYMOUS', clientHost: '/127.0.0.1' },
      header: { apiKey: api.key, apiVersion, correlationId: 1, clientId },
      isAllowed: () => true,
      wouldBeAllowed: () => true,
    } as unknown as RequestContext
  }
}

/** What a promise has come to by now: its value, or null while it waits. */
export async function settled<T>(promise: Promise<T>): Promise<T | null> {
  const waiting = Symbol('waiting')
  for (let turn = 0; turn < 10; turn += 1) await Promise.resolve()
  const first = await Promise.race([promise, Promise.resolve(waiting)])
  return first === waiting ? null : (first as T)
}

/** A subscription as consumers of classic groups write it (version 1). */
export function subscription(...topics: string[]): Buffer {
  const parts = [int16(1), int32(topics.length)]
  for (const topic of topics) parts.push(int16(topic.length), Buffer.from(topic))
  return Buffer.concat([...parts, int32(-1), int32(0)])
}

function int16(value: number): Buffer {
  const bytes = Buffer.alloc(2)
  bytes.writeInt16BE(value)
  return bytes
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeInt32BE(value)
  return bytes
}
