import { pbkdf2Sync } from 'node:crypto'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { alterClientQuotas } from '../../../../src/lib/client/admin/alter-client-quotas.ts'
import { alterConfigs } from '../../../../src/lib/client/admin/alter-configs.ts'
import { alterUserScramCredentials } from '../../../../src/lib/client/admin/alter-user-scram-credentials.ts'
import { describeClientQuotas } from '../../../../src/lib/client/admin/describe-client-quotas.ts'
import { describeUserScramCredentials } from '../../../../src/lib/client/admin/describe-user-scram-credentials.ts'
import { listConfigResources } from '../../../../src/lib/client/admin/list-config-resources.ts'
import { connectClient } from '../../../../src/lib/client/connect.ts'
import type { KafkaClient } from '../../../../src/lib/client/types.ts'
import { AlterClientQuotas } from '../../../../src/lib/protocol/apis/alter-client-quotas.ts'
import {
  AlterUserScramCredentials,
  type AlterUserScramCredentialsRequest,
} from '../../../../src/lib/protocol/apis/alter-user-scram-credentials.ts'
import { DescribeClientQuotas } from '../../../../src/lib/protocol/apis/describe-client-quotas.ts'
import { DescribeCluster } from '../../../../src/lib/protocol/apis/describe-cluster.ts'
import { DescribeUserScramCredentials } from '../../../../src/lib/protocol/apis/describe-user-scram-credentials.ts'
import { IncrementalAlterConfigs } from '../../../../src/lib/protocol/apis/incremental-alter-configs.ts'
import { ListConfigResources } from '../../../../src/lib/protocol/apis/list-config-resources.ts'
import { FakeBroker } from '../../../support/fake-broker.ts'
import { startTwoNodes, type TwoNodes } from './two-nodes.ts'

let broker: FakeBroker
let controller: FakeBroker
let client: KafkaClient
let nodes: TwoNodes

beforeEach(async () => {
  nodes = await startTwoNodes()
  ;({ broker, controller, client } = nodes)
})
afterEach(() => nodes.close())

it('changes settings at the controller, those of a broker at the broker itself', async () => {
  for (const node of [broker, controller]) {
    node.on(IncrementalAlterConfigs, ({ resources }) => ({
      responses: resources.map((resource) => ({
        ...resource,
        errorCode: node.nodeId === 1 ? 0 : 40,
        errorMessage: 'no',
      })),
    }))
  }
  const changes = { set: new Map([['a', '1']]), delete: ['b'] }
  expect(await alterConfigs(client, { type: 'topic', name: 't' }, changes, { validateOnly: true })).toEqual({
    code: 'INVALID_CONFIG',
    message: 'no',
  })
  expect(controller.requests(IncrementalAlterConfigs)[0]!.request).toEqual({
    resources: [
      {
        resourceType: 2,
        resourceName: 't',
        configs: [
          { name: 'a', configOperation: 0, value: '1' },
          { name: 'b', configOperation: 1, value: null },
        ],
      },
    ],
    validateOnly: true,
  })
  expect(await alterConfigs(client, { type: 'brokerLogger', name: '1' }, changes)).toBeNull()
  expect(await alterConfigs(client, { type: 'broker', name: '' }, changes)).toMatchObject({ code: 'INVALID_CONFIG' })
})

it('asks for quotas of a name, of the default, and of any name', async () => {
  broker.on(DescribeClientQuotas, () => ({
    entries: [
      {
        entity: [
          { entityType: 'client-id', entityName: null },
          { entityType: 'user', entityName: 'u' },
        ],
        values: [{ key: 'x', value: 1.5 }],
      },
    ],
  }))
  expect(
    await describeClientQuotas(
      client,
      new Map([
        ['user', undefined],
        ['client-id', null],
        ['ip', '::1'],
      ]),
    ),
  ).toEqual([
    {
      entity: new Map([
        ['user', 'u'],
        ['client-id', null],
      ]),
      values: new Map([['x', 1.5]]),
    },
  ])
  expect(broker.requests(DescribeClientQuotas)[0]!.request).toEqual({
    strict: true,
    components: [
      { entityType: 'user', matchType: 2, match: null },
      { entityType: 'client-id', matchType: 1, match: null },
      { entityType: 'ip', matchType: 0, match: '::1' },
    ],
  })
  broker.on(DescribeClientQuotas, () => ({ errorCode: 31, entries: null }))
  await expect(describeClientQuotas(client, new Map())).rejects.toMatchObject({ code: 'CLUSTER_AUTHORIZATION_FAILED' })
})

it('sets and removes limits', async () => {
  controller.on(AlterClientQuotas, ({ entries }) => ({
    entries: entries.map(({ entity }) => ({ entity, errorCode: 42, errorMessage: 'bad' })),
  }))
  expect(
    await alterClientQuotas(
      client,
      new Map([['user', null]]),
      new Map([
        ['a', 2],
        ['b', null],
      ]),
    ),
  ).toEqual({ code: 'INVALID_REQUEST', message: 'bad' })
  expect(controller.requests(AlterClientQuotas)[0]!.request).toMatchObject({
    entries: [
      {
        entity: [{ entityType: 'user', entityName: null }],
        ops: [
          { key: 'a', value: 2, remove: false },
          { key: 'b', value: 0, remove: true },
        ],
      },
    ],
    validateOnly: false,
  })
})

it('describes credentials, and leaves out users who have none', async () => {
  broker.on(DescribeUserScramCredentials, () => ({
    results: [
      {
        user: 'a',
        credentialInfos: [
          { mechanism: 2, iterations: 5000 },
          { mechanism: 9, iterations: 1 },
        ],
      },
      { user: 'b', errorCode: 91 },
    ],
  }))
  expect(await describeUserScramCredentials(client, ['a', 'b'])).toEqual([
    {
      user: 'a',
      credentials: [
        { mechanism: 'SCRAM-SHA-512', iterations: 5000 },
        { mechanism: 'UNKNOWN', iterations: 1 },
      ],
    },
  ])
  await describeUserScramCredentials(client, [])
  expect(broker.requests(DescribeUserScramCredentials).map(({ request }) => request.users)).toEqual([
    [{ name: 'a' }, { name: 'b' }],
    null,
  ])
})

it('sends a password salted and hashed, never itself', async () => {
  controller.on(AlterUserScramCredentials, () => ({ results: [{ user: 'u' }] }))
  expect(
    await alterUserScramCredentials(client, 'u', {
      upsert: [{ mechanism: 'SCRAM-SHA-512', iterations: 4096, password: 'sécret' }],
      delete: ['SCRAM-SHA-256'],
    }),
  ).toBeNull()
  const request = controller.requests(AlterUserScramCredentials)[0]!.request as AlterUserScramCredentialsRequest
  expect(request.deletions).toEqual([{ name: 'u', mechanism: 1 }])
  const { salt, saltedPassword } = request.upsertions[0]!
  expect(saltedPassword).toEqual(pbkdf2Sync('sécret', salt, 4096, 64, 'sha512'))
  expect(salt.length).toBeGreaterThanOrEqual(16)
})

it('lists what has settings; an older broker knows client metrics only', async () => {
  broker.on(ListConfigResources, () => ({ configResources: [{ resourceName: 'g', resourceType: 32 }] }))
  expect(await listConfigResources(client, 'group')).toEqual(['g'])
  const old = await FakeBroker.start({ versions: { ListConfigResources: [0, 0] } })
  old.on(ListConfigResources, () => ({ configResources: [{ resourceName: 'm' }] }))
  const oldClient = await connectClient({ bootstrapServers: [old.address], clientId: 'kts/1', properties: new Map() })
  expect(await listConfigResources(oldClient, 'group')).toEqual([])
  expect(await listConfigResources(oldClient, 'clientMetrics')).toEqual(['m'])
  await oldClient.close()
  await old.stop()
})

it('finds its way among controllers, which know neither metadata nor topics (KIP-919)', async () => {
  const endpoints = [broker, controller].map(({ nodeId, port }) => ({ brokerId: nodeId, host: '127.0.0.1', port }))
  broker.on(DescribeCluster, ({ endpointType }) => ({
    endpointType,
    controllerId: 2,
    clusterId: 'c',
    brokers: endpoints,
  }))
  controller.on(AlterClientQuotas, () => ({ entries: [] }))
  const viaControllers = await connectClient({
    bootstrapServers: [broker.address],
    clientId: 'kts/1',
    properties: new Map(),
    areControllers: true,
  })
  expect(broker.requests(DescribeCluster)[0]!.request).toMatchObject({ endpointType: 2 })
  expect(await alterClientQuotas(viaControllers, new Map(), new Map())).toBeNull()
  await expect(viaControllers.metadata(null)).rejects.toThrow(
    'Controllers know no topics; name a broker with --bootstrap-server',
  )
  await viaControllers.close()
})

it('says so when a controller turns out to be a broker', async () => {
  broker.on(DescribeCluster, () => ({ errorCode: 114 }))
  await expect(
    connectClient({
      bootstrapServers: [broker.address],
      clientId: 'kts/1',
      properties: new Map(),
      areControllers: true,
    }),
  ).rejects.toThrow('The server of --bootstrap-controller is a broker; name it with --bootstrap-server')
})
