import { describe, expect, test } from 'vitest'
import {
  ACL_OPERATIONS,
  PATTERN_TYPES,
  PERMISSION_TYPES,
  RESOURCE_TYPES,
  type AclOperationName,
} from '../../../../../src/lib/protocol/acl-types.ts'
import { StandardAuthorizer } from '../../../../../src/lib/broker/security/authorizer/standard-authorizer.ts'
import type { Acl } from '../../../../../src/lib/broker/state/cluster/types.ts'
import type { ClusterListener } from '../../../../../src/lib/broker/state/cluster/cluster.ts'

/** `allow User:a READ foo*`: a name that ends in * is a prefix, * alone is everything; `@10.0.0.1` is a host. */
function acl(text: string): Acl {
  const [permission, principal, operation, name, host = '@*'] = text.split(' ') as [string, string, string, string]
  const isPrefix = name.length > 1 && name.endsWith('*')
  return {
    permissionType: permission === 'allow' ? PERMISSION_TYPES.ALLOW : PERMISSION_TYPES.DENY,
    principal,
    operation: ACL_OPERATIONS[operation as AclOperationName],
    resourceType: RESOURCE_TYPES.TOPIC,
    patternType: isPrefix ? PATTERN_TYPES.PREFIXED : PATTERN_TYPES.LITERAL,
    resourceName: isPrefix ? name.slice(0, -1) : name,
    host: host.slice(1),
  }
}

/** An authorizer over these ACLs, and those who may add and take away some. */
function open(acls: readonly string[], settings: { superUsers?: string[]; allowsEveryoneIfNoAcl?: boolean } = {}) {
  const all = acls.map(acl)
  const told: string[] = []
  let looks = 0
  for (const each of all) {
    const { principal } = each
    Object.defineProperty(each, 'principal', { enumerable: true, get: () => ((looks += 1), principal) })
  }
  let listener: ClusterListener = {}
  const { superUsers = [], allowsEveryoneIfNoAcl = false } = settings
  const authorizer = new StandardAuthorizer(
    { superUsers: new Set(superUsers), allowsEveryoneIfNoAcl },
    { acls: { all: () => all } as never, listen: (added) => void (listener = added) },
    (line) => told.push(line),
  )
  return {
    authorizer,
    told,
    /** How often somebody has looked whom an ACL is for. */
    looks: () => looks,
    may: (principal: string, operation: AclOperationName, name: string, host = '127.0.0.1') =>
      authorizer.isAllowed({ principal, clientHost: `/${host}` }, operation, 'TOPIC', name),
    mayAny: (principal: string, operation: AclOperationName) =>
      authorizer.isAllowedByAnyResource({ principal, clientHost: '/127.0.0.1' }, operation, 'TOPIC'),
    add: (added: Acl) => listener.onAclAdded!(added),
    remove: (removed: Acl) => listener.onAclRemoved!(removed),
    all,
  }
}

describe('who may do what to one resource', () => {
  test('nobody anything, without an ACL', () => {
    expect(open([]).may('User:a', 'READ', 'foo')).toBe(false)
  })

  test('super users everything, whatever is denied', () => {
    const { may } = open(['deny User:* ALL *'], { superUsers: ['User:root'] })
    expect(may('User:root', 'DELETE', 'foo')).toBe(true)
    expect(may('User:roo', 'DELETE', 'foo')).toBe(false)
  })

  test.each([
    ['allow User:a READ foo', 'foo', true],
    ['allow User:a READ foo', 'foobar', false],
    ['allow User:a READ foobar', 'foo', false],
    ['allow User:a READ foo*', 'foo', true],
    ['allow User:a READ foo*', 'foobar', true],
    ['allow User:a READ foo*', 'fo', false],
    ['allow User:a READ *', 'foo', true],
    ['allow User:* READ foo', 'foo', true],
    ['allow User:b READ foo', 'foo', false],
    ['allow Group:a READ foo', 'foo', false],
    ['allow User:a ALL foo', 'foo', true],
    ['allow User:a WRITE foo', 'foo', false],
    ['allow User:a READ foo @127.0.0.1', 'foo', true],
    ['allow User:a READ foo @127.0.0.2', 'foo', false],
    ['allow User:a READ foo @27.0.0.1', 'foo', false],
  ])('%s: reading %s is allowed: %s', (text, name, expected) => {
    expect(open([text]).may('User:a', 'READ', name)).toBe(expected)
  })

  test('a denial outweighs what allows, in every order and by every pattern', () => {
    const allowed = ['allow User:a READ foo', 'allow User:a READ foo*', 'allow User:a READ *']
    for (const denied of ['deny User:a READ foo', 'deny User:* ALL f*', 'deny User:a READ *', 'deny User:a ALL foo']) {
      expect(open([denied, ...allowed]).may('User:a', 'READ', 'foo')).toBe(false)
      expect(open([...allowed, denied]).may('User:a', 'READ', 'foo')).toBe(false)
    }
    expect(open([...allowed, 'deny User:a READ foo @127.0.0.2']).may('User:a', 'READ', 'foo')).toBe(true)
    expect(open([...allowed, 'deny User:a WRITE foo']).may('User:a', 'READ', 'foo')).toBe(true)
  })

  test.each<[AclOperationName, AclOperationName]>([
    ['READ', 'DESCRIBE'],
    ['WRITE', 'DESCRIBE'],
    ['DELETE', 'DESCRIBE'],
    ['ALTER', 'DESCRIBE'],
    ['ALTER_CONFIGS', 'DESCRIBE_CONFIGS'],
  ])('%s implies %s, and its denial does not deny that', (operation, implied) => {
    const { may } = open([
      `allow User:a ${operation} foo`,
      `deny User:b ${operation} foo`,
      `allow User:b ${implied} foo`,
    ])
    expect(may('User:a', implied, 'foo')).toBe(true)
    expect(may('User:b', implied, 'foo')).toBe(true)
  })

  test.each<[AclOperationName, AclOperationName]>([
    ['CREATE', 'DESCRIBE'],
    ['ALTER_CONFIGS', 'DESCRIBE'],
    ['DESCRIBE', 'DESCRIBE_CONFIGS'],
    ['DESCRIBE', 'READ'],
  ])('%s does not imply %s', (operation, other) => {
    expect(open([`allow User:a ${operation} foo`]).may('User:a', other, 'foo')).toBe(false)
  })

  test('everybody may where no ACL speaks of the resource, with allow.everyone.if.no.acl.found', () => {
    const { may } = open(['allow User:b READ foo', 'allow User:b READ ba*'], { allowsEveryoneIfNoAcl: true })
    expect(['foo', 'bar', 'qux', 'foobar'].map((name) => may('User:a', 'READ', name))).toEqual([
      false,
      false,
      true,
      true,
    ])
    expect(open(['allow User:b READ *'], { allowsEveryoneIfNoAcl: true }).may('User:a', 'READ', 'foo')).toBe(false)
  })
})

test('changes of the ACLs count at once', () => {
  const { may, add, remove, all } = open(['allow User:a READ foo*', 'allow User:a WRITE foo*'])
  remove(all[0]!)
  expect([may('User:a', 'READ', 'foobar'), may('User:a', 'WRITE', 'foobar')]).toEqual([false, true])
  remove(all[1]!)
  expect(may('User:a', 'WRITE', 'foobar')).toBe(false)
  const denied = acl('deny User:a READ foobar')
  add(acl('allow User:a READ foo*'))
  add(denied)
  expect([may('User:a', 'READ', 'foobar'), may('User:a', 'READ', 'foo')]).toEqual([false, true])
  remove(denied)
  expect(may('User:a', 'READ', 'foobar')).toBe(true)
})

describe('whether there is any resource on which one may', () => {
  test.each<[expected: boolean, acls: string[]]>([
    [false, []],
    [false, ['allow User:b WRITE foo']],
    [false, ['allow User:a READ foo']],
    [true, ['allow User:a WRITE foo']],
    [true, ['allow User:a WRITE foo*']],
    [true, ['allow User:a ALL *']],
    [false, ['allow User:a WRITE foo', 'deny User:a WRITE foo']],
    [false, ['allow User:a WRITE foo', 'deny User:a WRITE f*']],
    [false, ['allow User:a WRITE foo*', 'deny User:a WRITE foo*']],
    [false, ['allow User:a WRITE *', 'allow User:a WRITE foo', 'deny User:a WRITE *']],
    [true, ['allow User:a WRITE foo*', 'deny User:a WRITE foo']],
    [true, ['allow User:a WRITE foo', 'deny User:a WRITE foobar*']],
    [true, ['allow User:a WRITE foo', 'allow User:a WRITE bar', 'deny User:a WRITE foo']],
    [true, ['allow User:a WRITE *', 'deny User:a WRITE f*']],
    [false, ['allow User:a WRITE foo @127.0.0.2']],
  ])('%s: %j', (expected, acls) => {
    expect(open(acls).mayAny('User:a', 'WRITE')).toBe(expected)
  })

  test('super users may, and so do all where no ACL speaks of a kind', () => {
    expect(open(['deny User:* ALL *'], { superUsers: ['User:a'] }).mayAny('User:a', 'WRITE')).toBe(true)
    expect(open([], { allowsEveryoneIfNoAcl: true }).mayAny('User:a', 'WRITE')).toBe(true)
  })
})

describe('answers are kept', () => {
  const client = (principal: string, host: string) => ({ principal, clientHost: `/${host}` })
  type Question = Parameters<StandardAuthorizer['isAllowed']>
  const asked = (operation: AclOperationName, name: string, who = client('User:a', '10.0.0.1')): Question => [
    who,
    operation,
    'TOPIC',
    name,
  ]

  test('each for its operation, resource, principal and host', () => {
    const { authorizer } = open(['allow User:a READ foo', 'allow User:b READ foo @10.0.0.1', 'allow User:a WRITE bar'])
    const questions: [boolean, Question][] = [
      [true, asked('READ', 'foo')],
      [false, asked('WRITE', 'foo')],
      [false, asked('READ', 'bar')],
      [true, asked('WRITE', 'bar')],
      [true, asked('READ', 'foo', client('User:b', '10.0.0.1'))],
      [false, asked('READ', 'foo', client('User:b', '10.0.0.2'))],
      [false, [client('User:a', '10.0.0.1'), 'READ', 'GROUP', 'foo']],
    ]
    for (let round = 0; round < 2; round += 1)
      for (const [expected, question] of questions) expect(authorizer.isAllowed(...question)).toBe(expected)
  })

  test('and ACLs are looked at once', () => {
    const { authorizer, looks } = open(['allow User:a READ foo'])
    const before = looks()
    for (let round = 0; round < 5; round += 1) authorizer.isAllowed(...asked('READ', 'foo'))
    expect(looks() - before).toBe(1)
  })

  test('whatever names clients come up with', () => {
    const { authorizer } = open(['allow User:a READ foo'])
    for (let index = 0; index < 25_000; index += 1)
      expect(authorizer.isAllowed(...asked('READ', `other-${index}`))).toBe(false)
    expect(authorizer.isAllowed(...asked('READ', 'foo'))).toBe(true)
    expect(authorizer.isAllowed(...asked('READ', 'x'.repeat(1000)))).toBe(false)
  })
})

describe('a denial is told in the words of kafka.authorizer.logger', () => {
  const asking = { principal: 'User:a', clientHost: '/10.0.0.1' }

  test('with the rule that it rests on', () => {
    const { authorizer, told } = open(['allow User:b READ foo', 'deny User:a WRITE fo*'])
    authorizer.isAllowed(asking, 'READ', 'TRANSACTIONAL_ID', 'foo', 'InitProducerId')
    authorizer.isAllowed(asking, 'WRITE', 'TOPIC', 'foo', 'Produce')
    expect(told).toEqual([
      'Principal = User:a is Denied operation = READ from host = 10.0.0.1 on resource = TransactionalId:LITERAL:foo ' +
        'for request = InitProducerId based on rule DefaultDeny',
      'Principal = User:a is Denied operation = WRITE from host = 10.0.0.1 on resource = Topic:LITERAL:foo ' +
        'for request = Produce based on rule MatchingAcl(acl=StandardAcl(resourceType=TOPIC, resourceName=fo, ' +
        'patternType=PREFIXED, principal=User:a, host=*, operation=WRITE, permissionType=DENY))',
    ])
  })

  test('each time, and not where nobody needs the right', () => {
    const { authorizer, told } = open(['allow User:a READ foo'])
    authorizer.isAllowed(asking, 'WRITE', 'TOPIC', 'foo')
    authorizer.isAllowed(asking, 'READ', 'TOPIC', 'foo', 'Fetch')
    expect(told).toEqual([])
    for (let round = 0; round < 2; round += 1) authorizer.isAllowed(asking, 'WRITE', 'TOPIC', 'foo', 'Produce')
    expect(told).toHaveLength(2)
  })
})
