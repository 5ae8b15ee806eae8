import { describe, expect, it } from 'vitest'
import { ReadOnlyClient, READING_APIS } from '../../../src/lib/client/read-only-client.ts'
import type { KafkaClient } from '../../../src/lib/client/types.ts'
import { ForbiddenError } from '../../../src/lib/errors.ts'
import { AlterClientQuotas } from '../../../src/lib/protocol/apis/alter-client-quotas.ts'
import { AlterConfigs } from '../../../src/lib/protocol/apis/alter-configs.ts'
import { CreatePartitions } from '../../../src/lib/protocol/apis/create-partitions.ts'
import { CreateTopics } from '../../../src/lib/protocol/apis/create-topics.ts'
import type { Api } from '../../../src/lib/protocol/api.ts'
import { APIS } from '../../../src/lib/protocol/apis/index.ts'
import { IncrementalAlterConfigs } from '../../../src/lib/protocol/apis/incremental-alter-configs.ts'
import { ListGroups } from '../../../src/lib/protocol/apis/list-groups.ts'
import { Metadata } from '../../../src/lib/protocol/apis/metadata.ts'
import { UpdateFeatures } from '../../../src/lib/protocol/apis/update-features.ts'
import { TestBroker } from '../../support/broker.ts'
import { InMemoryClient } from '../../support/in-memory-client.ts'

/** The rest of the APIs: what they do would not leave the cluster as it was. */
const CHANGING_APIS = [
  'Produce',
  'CreateTopics',
  'DeleteTopics',
  'DeleteRecords',
  'CreatePartitions',
  'AlterConfigs',
  'IncrementalAlterConfigs',
  'AlterReplicaLogDirs',
  'AlterPartitionReassignments',
  'ElectLeaders',
  'CreateAcls',
  'DeleteAcls',
  'AlterClientQuotas',
  'AlterUserScramCredentials',
  'UpdateFeatures',
  'AddRaftVoter',
  'RemoveRaftVoter',
  'UnregisterBroker',
  'CreateDelegationToken',
  'RenewDelegationToken',
  'ExpireDelegationToken',
  'JoinGroup',
  'SyncGroup',
  'Heartbeat',
  'LeaveGroup',
  'ConsumerGroupHeartbeat',
  'OffsetCommit',
  'OffsetDelete',
  'DeleteGroups',
  'InitProducerId',
  'AddPartitionsToTxn',
  'AddOffsetsToTxn',
  'TxnOffsetCommit',
  'EndTxn',
  'WriteTxnMarkers',
  'Vote',
  'BeginQuorumEpoch',
  'EndQuorumEpoch',
  'UpdateRaftVoter',
  'ControllerRegistration',
  'BrokerRegistration',
  'BrokerHeartbeat',
  'AlterPartition',
  'AssignReplicasToDirs',
  'AllocateProducerIds',
  'Envelope',
]

describe('a read-only client', () => {
  it('has a verdict on every API, and one only', () => {
    expect([...READING_APIS, ...CHANGING_APIS].sort()).toEqual(APIS.map(({ name }) => name).sort())
  })

  it.each(APIS.filter(({ name }) => CHANGING_APIS.includes(name)).map((api) => [api.name, api] as const))(
    'refuses %s before anything goes out',
    async (name, api) => {
      const sent: string[] = []
      const client = new ReadOnlyClient(new InMemoryClient(new TestBroker(), (asked) => sent.push(asked.name)), 'prod')
      const refused = client.send(api, {})
      await expect(refused).rejects.toThrow(ForbiddenError)
      await expect(refused).rejects.toThrow(
        `the profile prod is read-only, so ${name} is not sent; name another one with --profile`,
      )
      expect(sent).toEqual([])
    },
  )

  const CHECKED = [
    CreateTopics,
    CreatePartitions,
    AlterConfigs,
    IncrementalAlterConfigs,
    AlterClientQuotas,
    UpdateFeatures,
  ]

  it.each(CHECKED.map((api) => [api.name, api as Api] as const))(
    'sends %s where it is only checked',
    async (name, api) => {
      const sent: string[] = []
      const client = new ReadOnlyClient(new InMemoryClient(new TestBroker(), (asked) => sent.push(asked.name)), 'prod')
      await client.send(api, { validateOnly: true })
      expect(sent).toEqual([name])
      await expect(client.send(api, { validateOnly: false })).rejects.toThrow(ForbiddenError)
      expect(sent).toEqual([name])
    },
  )

  it.each([
    ['of the broker', () => 0, {}],
    ['asked for', () => 2, { maxVersion: 0 }],
  ])('sends no check that the version %s does not carry', async (_, version, options) => {
    const sent: string[] = []
    const inner = new InMemoryClient(new TestBroker(), (asked) => sent.push(asked.name))
    const client = new ReadOnlyClient(Object.assign(inner, { version: async () => version() }), 'prod')
    const refused = client.send(UpdateFeatures, { validateOnly: true }, options)
    await expect(refused).rejects.toThrow('UpdateFeatures is not sent')
    expect(sent).toEqual([])
  })

  it('asks, and gets answers', async () => {
    const broker = new TestBroker()
    const client = new ReadOnlyClient(new InMemoryClient(broker), 'prod')
    await broker.send(CreateTopics, {
      topics: [{ name: 'there', numPartitions: 1, replicationFactor: 1 }],
      timeoutMs: 1000,
    })
    expect((await client.metadata(['there'])).topics).toMatchObject([{ name: 'there', errorCode: 0 }])
    expect(await client.send(ListGroups, {})).toMatchObject({ errorCode: 0, groups: [] })
  })

  it('creates no topic by asking for it', async () => {
    const asked: unknown[] = []
    const client: KafkaClient = new ReadOnlyClient(
      new InMemoryClient(new TestBroker({ properties: { 'auto.create.topics.enable': 'true' } }), (_api, request) =>
        asked.push(request),
      ),
      'prod',
    )
    const request = { topics: [{ name: 'new' }], allowAutoTopicCreation: true }
    await client.send(Metadata, request)
    await client.metadata(['new'], { allowAutoTopicCreation: true })
    expect(asked).toMatchObject([{ allowAutoTopicCreation: false }, { allowAutoTopicCreation: false }])
    expect((await client.metadata(null)).topics).toEqual([])
    expect(request.allowAutoTopicCreation).toBe(true)
  })
})
