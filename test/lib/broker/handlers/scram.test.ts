import { createHmac, createHash, pbkdf2Sync } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { AlterUserScramCredentials } from '../../../../src/lib/protocol/apis/alter-user-scram-credentials.ts'
import { DescribeUserScramCredentials } from '../../../../src/lib/protocol/apis/describe-user-scram-credentials.ts'
import { ERRORS } from '../../../../src/lib/protocol/errors.ts'
import { TestBroker } from '../../../support/broker.ts'

const [SHA_256, SHA_512] = [1, 2]

let broker: TestBroker
beforeEach(() => {
  broker = new TestBroker()
})
afterEach(() => broker.close())

const upsertion = (name: string, options: { mechanism?: number; iterations?: number } = {}) => {
  const { mechanism = SHA_256, iterations = 4096 } = options
  const salt = Buffer.from('salt')
  return { name, mechanism, iterations, salt, saltedPassword: pbkdf2Sync('secret', salt, iterations, 32, 'sha256') }
}

async function alter(
  upsertions: ReturnType<typeof upsertion>[],
  deletions: { name: string; mechanism: number }[] = [],
) {
  const { results } = await broker.send(AlterUserScramCredentials, { upsertions, deletions })
  return results.map(({ user, errorCode, errorMessage }) => [user, errorCode, errorMessage])
}

async function describeUsers(...names: string[]) {
  const { results } = await broker.send(DescribeUserScramCredentials, { users: names.map((name) => ({ name })) })
  return results.map(({ user, errorCode, errorMessage, credentialInfos }) => [
    user,
    errorCode || credentialInfos,
    errorMessage,
  ])
}

test('keeps credentials by user and mechanism, past a restart, and never tells them', async () => {
  expect(await alter([upsertion('a'), upsertion('b', { iterations: 8192 })])).toEqual([
    ['a', 0, null],
    ['b', 0, null],
  ])
  expect(await alter([upsertion('a', { mechanism: SHA_512 })])).toEqual([['a', 0, null]])
  broker.close()
  broker = new TestBroker({ fileSystem: broker.fileSystem })
  const all = [
    [
      'a',
      [
        { mechanism: SHA_256, iterations: 4096 },
        { mechanism: SHA_512, iterations: 4096 },
      ],
      null,
    ],
    ['b', [{ mechanism: SHA_256, iterations: 8192 }], null],
  ]
  expect(await describeUsers()).toEqual(all)
  expect(await describeUsers('b')).toEqual(all.slice(1))
  expect(await alter([], [{ name: 'a', mechanism: SHA_256 }])).toEqual([['a', 0, null]])
  expect(await describeUsers('a')).toEqual([['a', [{ mechanism: SHA_512, iterations: 4096 }], null]])
})

test('keeps what checks a password, not what the password is', async () => {
  await alter([upsertion('a')])
  const { saltedPassword } = upsertion('a')
  const clientKey = createHmac('sha256', saltedPassword).update('Client Key').digest()
  expect(broker.node.broker.cluster.scramCredentials.of('a').get(1)).toEqual({
    iterations: 4096,
    salt: Buffer.from('salt'),
    storedKey: createHash('sha256').update(clientKey).digest(),
    serverKey: createHmac('sha256', saltedPassword).update('Server Key').digest(),
  })
  const log = broker.fileSystem.readFile('/data/__cluster_metadata-0/00000000000000000000.log')!
  expect(log.includes('salt')).toBe(true)
  expect(log.includes(saltedPassword)).toBe(false)
})

describe('refuses', () => {
  test.each<[string, ReturnType<typeof upsertion>, number, string]>([
    ['no name', upsertion(''), ERRORS.UNACCEPTABLE_CREDENTIAL, 'Username must not be empty'],
    [
      'an unknown mechanism',
      upsertion('a', { mechanism: 3 }),
      ERRORS.UNSUPPORTED_SASL_MECHANISM,
      'Unknown SCRAM mechanism',
    ],
    ['too few iterations', upsertion('a', { iterations: 4095 }), ERRORS.UNACCEPTABLE_CREDENTIAL, 'Too few iterations'],
    [
      'too many iterations',
      upsertion('a', { iterations: 16385 }),
      ERRORS.UNACCEPTABLE_CREDENTIAL,
      'Too many iterations',
    ],
  ])('%s', async (_, item, errorCode, message) => {
    expect(await alter([item])).toEqual([[item.name, errorCode, message]])
    expect(await describeUsers()).toEqual([])
  })

  test('a user twice, and deleting what is not there; others are served', async () => {
    await alter([upsertion('a')])
    expect(
      await alter(
        [upsertion('a'), upsertion('b')],
        [
          { name: 'a', mechanism: SHA_256 },
          { name: 'c', mechanism: SHA_512 },
        ],
      ),
    ).toEqual([
      ['a', ERRORS.DUPLICATE_RESOURCE, 'A user credential cannot be altered twice in the same request'],
      ['c', ERRORS.RESOURCE_NOT_FOUND, 'Attempt to delete a user credential that does not exist'],
      ['b', 0, null],
    ])
    expect((await describeUsers()).map(([user]) => user)).toEqual(['a', 'b'])
  })

  test('to describe a user twice, or one who is not there', async () => {
    await alter([upsertion('a')])
    expect(await describeUsers('a', 'x', 'a')).toEqual([
      [
        'a',
        ERRORS.DUPLICATE_RESOURCE,
        'Cannot describe SCRAM credentials for the same user twice in a single request: a',
      ],
      ['x', ERRORS.RESOURCE_NOT_FOUND, 'Attempt to describe a user credential that does not exist: x'],
    ])
  })
})
