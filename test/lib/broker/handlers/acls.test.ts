import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Address } from '../../../../src/lib/address.ts'
import { CLUSTER_NAME } from '../../../../src/lib/protocol/acl-types.ts'
import { CONFIG_RESOURCE_TYPES } from '../../../../src/lib/protocol/apis/describe-configs.ts'
import { IncrementalAlterConfigs } from '../../../../src/lib/protocol/apis/incremental-alter-configs.ts'
import { CreateAcls } from '../../../../src/lib/protocol/apis/create-acls.ts'
import { DeleteAcls } from '../../../../src/lib/protocol/apis/delete-acls.ts'
import { DescribeAcls } from '../../../../src/lib/protocol/apis/describe-acls.ts'
import { Metadata } from '../../../../src/lib/protocol/apis/metadata.ts'
import { ERRORS } from '../../../../src/lib/protocol/errors.ts'
import { TestBroker } from '../../../support/broker.ts'

const SECURED = {
  'authorizer.class.name': 'org.apache.kafka.metadata.authorizer.StandardAuthorizer',
  'super.users': 'User:ANONYMOUS',
}
const [TOPIC, GROUP, CLUSTER] = [2, 3, 4] as const
const [ANY, MATCH, LITERAL, PREFIXED] = [1, 2, 3, 4] as const
const [READ, WRITE] = [3, 4] as const
const [CLUSTER_ACTION, ALTER_CONFIGS] = [9, 11] as const
const ALLOW = 3

const acl = {
  resourceType: TOPIC as number,
  resourceName: 'x',
  resourcePatternType: LITERAL as number,
  principal: 'User:a',
  host: '*',
  operation: READ as number,
  permissionType: ALLOW,
}
const everything = {
  resourceTypeFilter: ANY as number,
  resourceNameFilter: null as string | null,
  patternTypeFilter: ANY as number,
  principalFilter: null as string | null,
  hostFilter: null as string | null,
  operation: ANY as number,
  permissionType: ANY as number,
}

let broker: TestBroker
beforeEach(() => {
  broker = new TestBroker({ properties: SECURED })
})
afterEach(() => broker.close())

async function create(...acls: Partial<typeof acl>[]) {
  const { results } = await broker.send(CreateAcls, { creations: acls.map((each) => ({ ...acl, ...each })) })
  return results.map(({ errorCode, errorMessage }) => [errorCode, errorMessage])
}

async function find(filter: Partial<typeof everything> = {}) {
  const { errorCode, errorMessage, resources } = await broker.send(DescribeAcls, { ...everything, ...filter })
  if (errorCode !== 0) return [errorCode, errorMessage]
  return resources.map(
    ({ resourceType, resourceName, patternType, acls }) =>
      `${resourceType} ${resourceName} ${patternType}: ${acls.map(({ principal, host, operation, permissionType }) => [principal, host, operation, permissionType].join(' ')).join(', ')}`,
  )
}

async function remove(filter: Partial<typeof everything> = {}) {
  const {
    filterResults: [result],
  } = await broker.send(DeleteAcls, { filters: [{ ...everything, ...filter }] })
  return result!.errorCode !== 0
    ? [result!.errorCode, result!.errorMessage]
    : result!.matchingAcls.map(({ principal, resourceName }) => `${principal} ${resourceName}`)
}

test('ACLs are added once, shown by resource, and outlive the broker', async () => {
  expect(await create({}, { operation: WRITE }, { resourceName: 'y', principal: 'User:b', host: '::1' }, {})).toEqual([
    [0, null],
    [0, null],
    [0, null],
    [0, null],
  ])
  expect(await create({})).toEqual([[0, null]])
  const expected = ['2 x 3: User:a * 3 3, User:a * 4 3', '2 y 3: User:b ::1 3 3']
  expect(await find()).toEqual(expected)
  broker.close()
  broker = new TestBroker({ properties: SECURED, fileSystem: broker.fileSystem })
  expect(await find()).toEqual(expected)
  expect(await remove({ operation: READ })).toEqual(['User:a x', 'User:b y'])
  broker.close()
  broker = new TestBroker({ properties: SECURED, fileSystem: broker.fileSystem })
  expect(await find()).toEqual(['2 x 3: User:a * 4 3'])
})

describe('a filter', () => {
  beforeEach(() =>
    create(
      { resourceName: 'ab' },
      { resourceName: 'a', resourcePatternType: PREFIXED },
      { resourceName: '*' },
      { resourceName: 'ab', resourceType: GROUP },
      { resourceName: 'ab', principal: 'User:b', host: '::1', operation: WRITE },
    ),
  )

  test.each<[string, Partial<typeof everything>, string[]]>([
    [
      'a name, as it is written',
      { resourceNameFilter: 'ab' },
      ['2 ab 3: User:a * 3 3, User:b ::1 4 3', '3 ab 3: User:a * 3 3'],
    ],
    ['a prefix, as it is written', { resourceNameFilter: 'a', patternTypeFilter: PREFIXED }, ['2 a 4: User:a * 3 3']],
    ['no longer name by a prefix', { resourceNameFilter: 'ab', patternTypeFilter: PREFIXED }, []],
    [
      'whatever has a say',
      { resourceNameFilter: 'ab', patternTypeFilter: MATCH, resourceTypeFilter: TOPIC, principalFilter: 'User:a' },
      ['2 ab 3: User:a * 3 3', '2 a 4: User:a * 3 3', '2 * 3: User:a * 3 3'],
    ],
    ['only * where nothing else fits', { resourceNameFilter: 'b', patternTypeFilter: MATCH }, ['2 * 3: User:a * 3 3']],
    ['a kind', { resourceTypeFilter: GROUP }, ['3 ab 3: User:a * 3 3']],
    ['a host', { hostFilter: '::1' }, ['2 ab 3: User:b ::1 4 3']],
    ['an operation', { operation: WRITE }, ['2 ab 3: User:b ::1 4 3']],
    ['a permission', { permissionType: 2 }, []],
  ])('finds %s', async (_, filter, expected) => {
    expect(await find(filter)).toEqual(expected)
  })

  test.each<[Partial<typeof everything>, string]>([
    [{ resourceTypeFilter: 0 }, 'Unknown patternFilter.'],
    [{ patternTypeFilter: 9 }, 'Unknown patternFilter.'],
    [{ operation: 0 }, 'Unknown entryFilter.'],
    [{ permissionType: 7 }, 'Unknown entryFilter.'],
  ])('with %j is refused', async (filter, message) => {
    expect(await find(filter)).toEqual([ERRORS.INVALID_REQUEST, message])
    expect(await remove(filter)).toEqual([ERRORS.INVALID_REQUEST, message])
  })
})

test.each<[Partial<typeof acl>, string]>([
  [{ resourceType: ANY }, 'Invalid resourceType ANY'],
  [{ resourceType: 99 }, 'Invalid resourceType UNKNOWN'],
  [{ resourcePatternType: MATCH }, 'Invalid patternType MATCH'],
  [{ operation: ANY }, 'Invalid operation ANY'],
  [{ permissionType: ANY }, 'Invalid permissionType ANY'],
  [{ resourceName: '' }, 'Invalid empty resource name'],
  [{ resourceType: CLUSTER }, 'The only valid name for the CLUSTER resource is kafka-cluster'],
  [{ principal: 'a' }, expect.stringContaining('no colon') as string],
])('an ACL with %j is refused, the others are added', async (wrong, message) => {
  expect(await create(wrong, {})).toEqual([
    [ERRORS.INVALID_REQUEST, message],
    [0, null],
  ])
  expect(await find()).toEqual(['2 x 3: User:a * 3 3'])
})

test('a request that is denied is told of, a question is not', async () => {
  await broker.createTopic('shop')
  const stranger = { principal: 'User:mallory' }
  const { topics } = await broker.sendAs(stranger, Metadata, { topics: null, includeTopicAuthorizedOperations: true })
  expect([topics, broker.denials]).toEqual([[], []])
  await broker.sendAs(stranger, Metadata, { topics: [{ name: 'shop' }] })
  await broker.sendAs(stranger, DescribeAcls, everything)
  expect(broker.denials.map((line) => /is Denied (operation = .*)/.exec(line)![1])).toEqual([
    'operation = DESCRIBE from host = 127.0.0.1 on resource = Topic:LITERAL:shop for request = Metadata based on rule DefaultDeny',
    'operation = DESCRIBE from host = 127.0.0.1 on resource = Cluster:LITERAL:kafka-cluster for request = DescribeAcls based on rule DefaultDeny',
  ])
})

test.each([
  ['PLAINTEXT', ALTER_CONFIGS, CLUSTER_ACTION],
  ['CONTROLLER', CLUSTER_ACTION, ALTER_CONFIGS],
])('loggers are changed at %s by who has the right %d on the cluster, not %d', async (listener, right, other) => {
  const endpoints = broker.node.broker.controllerEndpoints as Map<string, Address>
  endpoints.set('CONTROLLER', { host: '127.0.0.1', port: 9093 })
  const ofCluster = { resourceType: CLUSTER, resourceName: CLUSTER_NAME }
  await create({ ...ofCluster, principal: 'User:may', operation: right })
  await create({ ...ofCluster, principal: 'User:may-not', operation: other })
  const configs = [{ name: 'root', configOperation: 0, value: 'WARN' }]
  const resources = [{ resourceType: CONFIG_RESOURCE_TYPES.brokerLogger, resourceName: '1', configs }]
  const alter = async (principal: string): Promise<number> => {
    const { responses } = await broker.sendAs({ listener, principal }, IncrementalAlterConfigs, { resources })
    return responses[0]!.errorCode
  }
  expect([await alter('User:may'), await alter('User:may-not')]).toEqual([0, ERRORS.CLUSTER_AUTHORIZATION_FAILED])
})

test('without an authorizer there are no ACLs', async () => {
  broker.close()
  broker = new TestBroker()
  expect(await find()).toEqual([ERRORS.SECURITY_DISABLED, 'No Authorizer is configured on the broker'])
  expect(await create({})).toEqual([[ERRORS.SECURITY_DISABLED, 'No Authorizer is configured.']])
  expect(await remove()).toEqual([ERRORS.SECURITY_DISABLED, 'No Authorizer is configured.'])
})

test('Kafka has had two authorizers; one of somebody else is refused', () => {
  expect(broker.warnings).toEqual([])
  new TestBroker({ properties: { 'authorizer.class.name': 'kafka.security.authorizer.AclAuthorizer' } }).close()
  expect(() => new TestBroker({ properties: { 'authorizer.class.name': 'com.example.Mine' } })).toThrow(
    'authorizer.class.name=com.example.Mine',
  )
  expect(() => new TestBroker({ properties: { ...SECURED, 'super.users': 'alice' } })).toThrow('super.users: alice')
})
