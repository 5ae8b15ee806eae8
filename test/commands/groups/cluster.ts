import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { groups } from '../../../src/commands/groups/index.ts'
import { startBroker, type RunningBroker } from '../../../src/lib/broker/index.ts'
import { alterGroupOffsets } from '../../../src/lib/client/admin/alter-group-offsets.ts'
import { createTopics } from '../../../src/lib/client/admin/create-topics.ts'
import { fetchGroupOffsets } from '../../../src/lib/client/admin/group-offsets.ts'
import { connectClient } from '../../../src/lib/client/connect.ts'
import { encodeAssignment, encodeSubscription } from '../../../src/lib/client/group/consumer-protocol.ts'
import type { KafkaClient } from '../../../src/lib/client/types.ts'
import type { Command } from '../../../src/lib/work/command.ts'
import { JoinGroup } from '../../../src/lib/protocol/apis/join-group.ts'
import { LeaveGroup } from '../../../src/lib/protocol/apis/leave-group.ts'
import { Produce } from '../../../src/lib/protocol/apis/produce.ts'
import { SyncGroup } from '../../../src/lib/protocol/apis/sync-group.ts'
import { buildBatch } from '../../../src/lib/protocol/records/index.ts'
import type { ContextOptions } from '../../support/context.ts'
import { runCommand, type Outcome } from '../../support/run-command.ts'

/** The bundled broker in this process, what a test needs in it, and the command under both of its names. */
export class Cluster {
  readonly stateHome = mkdtempSync(join(tmpdir(), 'kts-groups-'))

  private constructor(
    public broker: RunningBroker,
    readonly client: KafkaClient,
    private readonly dataDir: string,
  ) {}

  static async start(): Promise<Cluster> {
    const dataDir = mkdtempSync(join(tmpdir(), 'kts-groups-data-'))
    const broker = await startBroker({ dataDir })
    return new Cluster(
      broker,
      await connectClient({ bootstrapServers: [broker.bootstrapServers], clientId: 'kts/1', properties: new Map() }),
      dataDir,
    )
  }

  async stop(): Promise<void> {
    await this.client.close()
    await this.broker.stop()
    for (const folder of [this.stateHome, this.dataDir]) rmSync(folder, { recursive: true, force: true })
  }

  /**
   * Stops the broker and, after `meanwhile`, starts it again on the same port with what it had. Needs a cluster on
   * disk.
   */
  async restart(meanwhile: () => Promise<void>): Promise<void> {
    await this.broker.stop()
    await meanwhile()
    this.broker = await startBroker({ port: this.broker.port, dataDir: this.dataDir })
  }

  kts(args: readonly string[], options: ContextOptions = {}): Promise<Outcome> {
    return this.run('kts', args, options)
  }

  dropIn(args: readonly string[], options: ContextOptions = {}): Promise<Outcome> {
    return this.run('drop-in', args, options)
  }

  /** Makes a topic with so many records in each of its partitions, a millisecond apart from the first timestamp on. */
  async createTopic(name: string, counts: readonly number[], firstTimestamp = 1_000_000): Promise<void> {
    await createTopics(this.client, [{ name, partitions: counts.length }])
    for (const [index, count] of counts.entries()) if (count > 0) await this.produce(name, index, count, firstTimestamp)
  }

  async produce(topic: string, partition: number, count: number, firstTimestamp = 1_000_000): Promise<void> {
    const values = Array.from({ length: count }, (_, i) => ({
      timestamp: BigInt(firstTimestamp + i),
      key: null,
      value: Buffer.from(`${i}`),
    }))
    const topicId = (await this.client.metadata([topic])).topics[0]!.topicId
    const { responses } = await this.client.send(Produce, {
      acks: -1,
      timeoutMs: 1000,
      topicData: [{ name: topic, topicId, partitionData: [{ index: partition, records: buildBatch(values) }] }],
    })
    if (responses[0]!.partitionResponses[0]!.errorCode !== 0) throw new Error(`not produced to ${topic}-${partition}`)
  }

  /** Commits `topic-partition` to offset on behalf of a group without members. */
  async commit(groupId: string, offsets: Readonly<Record<string, number>>): Promise<void> {
    const items = Object.entries(offsets).map(([name, offset]) => {
      const [, topic = '', partition] = /^(.*)-(\d+)$/.exec(name)!
      return { topic, partition: Number(partition), offset: BigInt(offset) }
    })
    const [result] = await alterGroupOffsets(this.client, [{ groupId, offsets: items }])
    if (result!.error) throw new Error(result!.error.message)
  }

  /** What a group has committed, as `commit` takes it. */
  async committed(groupId: string): Promise<Record<string, number>> {
    const [found] = await fetchGroupOffsets(this.client, [groupId])
    return Object.fromEntries(
      found!.offsets.map(({ topic, partition, offset }) => [`${topic}-${partition}`, Number(offset)]),
    )
  }

  /**
   * A classic member alone in its group, which is assigned partitions and sends no heartbeats. Returns how it leaves.
   */
  async join(
    groupId: string,
    topic: string,
    partitions: readonly number[],
    groupInstanceId: string | null = null,
  ): Promise<() => Promise<void>> {
    const metadata = encodeSubscription({
      topics: [topic],
      userData: null,
      ownedPartitions: [],
      generationId: -1,
      rackId: null,
    })
    const request = {
      groupId,
      sessionTimeoutMs: 45_000,
      rebalanceTimeoutMs: 1000,
      groupInstanceId,
      protocolType: 'consumer',
      protocols: [{ name: 'range', metadata }],
    }
    const first = await this.client.send(JoinGroup, { ...request, memberId: '' }, { lane: groupId })
    const { memberId, generationId } =
      first.errorCode === 0
        ? first
        : await this.client.send(JoinGroup, { ...request, memberId: first.memberId }, { lane: groupId })
    const assignment = encodeAssignment(partitions.map((partition) => ({ topic, partition })))
    await this.client.send(
      SyncGroup,
      {
        groupId,
        generationId,
        memberId,
        groupInstanceId,
        protocolType: 'consumer',
        protocolName: 'range',
        assignments: [{ memberId, assignment }],
      },
      { lane: groupId },
    )
    return async () => void (await this.client.send(LeaveGroup, { groupId, members: [{ memberId, groupInstanceId }] }))
  }

  /** The files with old offsets that kts has kept. */
  kept(): { path: string; text: string }[] {
    const folder = join(this.stateHome, 'kts', 'offsets')
    try {
      return readdirSync(folder)
        .sort()
        .map((name) => ({ path: join(folder, name), text: readFileSync(join(folder, name), 'utf8') }))
    } catch {
      return []
    }
  }

  private run(style: 'kts' | 'drop-in', args: readonly string[], options: ContextOptions): Promise<Outcome> {
    const isConnected = args.includes('--validate-regex')
    return runCommand(
      groups as unknown as Command,
      [...args, ...(isConnected ? [] : ['--bootstrap-server', this.broker.bootstrapServers])],
      {
        style,
        program: style === 'kts' ? 'kts groups' : 'kafka-consumer-groups',
        env: { XDG_STATE_HOME: this.stateHome },
        ...options,
      },
    )
  }
}
