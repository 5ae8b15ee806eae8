import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Dispatcher } from '../../src/lib/broker/dispatch.ts'
import type { ApiHandler } from '../../src/lib/broker/handle.ts'
import { CONTROLLER_HANDLERS } from '../../src/lib/broker/handlers/controller-handlers.ts'
import { FORWARDING_HANDLERS } from '../../src/lib/broker/handlers/forwarding-handlers.ts'
import { BROKER_HANDLERS } from '../../src/lib/broker/handlers/index.ts'
import { CreateTopics } from '../../src/lib/protocol/apis/create-topics.ts'
import { Envelope } from '../../src/lib/protocol/apis/envelope.ts'
import type { Api } from '../../src/lib/protocol/api.ts'
import { Reader } from '../../src/lib/protocol/bytes.ts'
import { ERRORS } from '../../src/lib/protocol/errors.ts'
import { encodeRequest, readResponse } from '../../src/lib/protocol/frame.ts'
import { encodePrincipalData } from '../../src/lib/protocol/principal-data.ts'
import type { Fields, Input, Message } from '../../src/lib/protocol/schema.ts'
import { connection, TestBroker } from '../support/broker.ts'
import { CASES, codesIn } from './cases.mjs'
import { SETTINGS } from './table.mjs'

const namesOf = (handlers: readonly ApiHandler[], isWanted: (handler: ApiHandler) => boolean): string[] =>
  handlers
    .filter(isWanted)
    .map(({ api }) => api.name)
    .sort()

describe.each([
  ['brokers', BROKER_HANDLERS],
  ['brokers that have another controller', FORWARDING_HANDLERS],
  ['controllers', CONTROLLER_HANDLERS],
])('what %s answer', (_, handlers) => {
  test('takes the right to something, or is for anybody', () => {
    const isDeclared = ({ rights }: ApiHandler): boolean =>
      rights === 'each' || rights === 'none' || rights.clusterOperations.length > 0
    expect(namesOf(handlers, (handler) => !isDeclared(handler))).toEqual([])
  })

  test('is for anybody where it tells nothing of the cluster', () => {
    const forAll = namesOf(handlers, ({ rights }) => rights === 'none')
    expect(forAll.filter((name) => name !== 'DescribeCluster')).toEqual([
      'ApiVersions',
      'DescribeDelegationToken',
      'ExpireDelegationToken',
      'RenewDelegationToken',
      'SaslAuthenticate',
      'SaslHandshake',
    ])
  })
})

test('the table asks for everything that a broker answers', () => {
  const asked = new Set(CASES.map(({ api }) => api))
  expect(namesOf(BROKER_HANDLERS, ({ api }) => !asked.has(api.name))).toEqual(['SaslAuthenticate', 'SaslHandshake'])
})

describe('a controller', () => {
  let broker: TestBroker
  let controller: Dispatcher
  beforeAll(() => {
    broker = new TestBroker({ properties: SETTINGS })
    controller = new Dispatcher(broker.node.broker, CONTROLLER_HANDLERS)
  })
  afterAll(() => broker.close())

  async function send<Q extends Fields, S extends Fields>(
    principal: string,
    api: Api<Q, S>,
    request: Input<Message<Q>>,
  ): Promise<Message<S>> {
    const frame = Buffer.concat(encodeRequest(api, api.maxVersion, 7, 'test', request)).subarray(4)
    const reply = await controller.dispatch(frame, { ...connection, principal })
    return readResponse(api, api.maxVersion, new Reader(Buffer.concat(reply!), 8))
  }

  test.each(CONTROLLER_HANDLERS.filter(({ rights }) => typeof rights === 'object').map(({ api }) => [api.name, api]))(
    'refuses %s to who has no right to it',
    async (_, api) => {
      const answer = await send('User:nobody', api, {})
      // What answers item by item has nothing to say of no items.
      expect([String(ERRORS.CLUSTER_AUTHORIZATION_FAILED), '']).toContain(codesIn(answer))
    },
  )

  const envelope = (principal: string): Input<Message<typeof Envelope.fields.request>> => {
    const topics = [{ name: principal.replace(':', '-'), numPartitions: 1, replicationFactor: 1 }]
    const inner = encodeRequest(CreateTopics, CreateTopics.maxVersion, 1, 'x', { topics, timeoutMs: 1000 })
    const [type, name] = principal.split(':') as [string, string]
    return {
      requestData: Buffer.concat(inner).subarray(4),
      requestPrincipal: encodePrincipalData({ type, name, tokenAuthenticated: false }),
      clientHostAddress: Buffer.from([127, 0, 0, 1]),
    }
  }

  test('takes envelopes of brokers alone, and judges by who is inside', async () => {
    const { CLUSTER_AUTHORIZATION_FAILED, NONE, TOPIC_AUTHORIZATION_FAILED } = ERRORS
    expect(await send('User:nobody', Envelope, envelope('User:admin'))).toMatchObject({
      errorCode: CLUSTER_AUTHORIZATION_FAILED,
    })
    const codeInside = async (principal: string): Promise<number> => {
      const { responseData } = await send('User:admin', Envelope, envelope(principal))
      const { topics } = readResponse(CreateTopics, CreateTopics.maxVersion, new Reader(responseData!, 4))
      return topics[0]!.errorCode
    }
    expect(await codeInside('User:nobody')).toBe(TOPIC_AUTHORIZATION_FAILED)
    expect(await codeInside('User:admin')).toBe(NONE)
  })
})
