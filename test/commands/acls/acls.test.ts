import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { acls } from '../../../src/commands/acls/index.ts'
import { execute } from '../../../src/dispatch.ts'
import type { Command } from '../../../src/lib/work/command.ts'
import { KafkaError, UserError } from '../../../src/lib/errors.ts'
import { CreateAcls } from '../../../src/lib/protocol/apis/create-acls.ts'
import { DeleteAcls } from '../../../src/lib/protocol/apis/delete-acls.ts'
import { DescribeAcls } from '../../../src/lib/protocol/apis/describe-acls.ts'
import { ERRORS } from '../../../src/lib/protocol/errors.ts'
import { atTerminal, createContext } from '../../support/context.ts'
import { FakeBroker } from '../../support/fake-broker.ts'
import { runCommand, type Outcome, entryOf } from '../../support/run-command.ts'

const command = acls as unknown as Command
const [TOPIC, GROUP, CLUSTER, TRANSACTIONAL_ID] = [2, 3, 4, 5]
const [ANY, MATCH, LITERAL, PREFIXED] = [1, 2, 3, 4]
const [ALL, READ, WRITE, CREATE, DESCRIBE, IDEMPOTENT_WRITE] = [2, 3, 4, 5, 8, 12]
const [DENY, ALLOW] = [2, 3]

let broker: FakeBroker
let held: {
  resourceType: number
  resourceName: string
  patternType: number
  acls: { principal: string; host: string; operation: number; permissionType: number }[]
}[]
beforeEach(async () => {
  broker = await FakeBroker.start()
  held = [
    {
      resourceType: TOPIC!,
      resourceName: 'x',
      patternType: PREFIXED!,
      acls: [
        { principal: 'User:a', host: '*', operation: READ!, permissionType: ALLOW! },
        { principal: 'User:b', host: '1.2.3.4', operation: ALL!, permissionType: DENY! },
      ],
    },
    {
      resourceType: TRANSACTIONAL_ID!,
      resourceName: 't',
      patternType: LITERAL!,
      acls: [{ principal: 'User:a', host: '*', operation: WRITE!, permissionType: ALLOW! }],
    },
  ]
  broker.on(DescribeAcls, () => ({ resources: held }))
  broker.on(CreateAcls, ({ creations }) => ({ results: creations.map(() => ({})) }))
  broker.on(DeleteAcls, ({ filters }) => ({
    filterResults: filters.map(() => ({
      matchingAcls: held.flatMap(({ acls: entries, ...resource }) =>
        entries.map((entry) => ({ ...resource, ...entry })),
      ),
    })),
  }))
})
afterEach(() => broker.stop())

const run = (style: 'kts' | 'drop-in', ...args: string[]): Promise<Outcome> =>
  runCommand(command, ['--bootstrap-server', broker.address, ...args], { style, program: 'kts acls' })
const created = () =>
  broker
    .requests(CreateAcls)
    .flatMap(({ request }) => request.creations as Record<string, unknown>[])
    .map(({ resourceType, resourceName, resourcePatternType, principal, host, operation, permissionType }) => [
      resourceType,
      resourceName,
      resourcePatternType,
      principal,
      host,
      operation,
      permissionType,
    ])

describe('--list', () => {
  it("shows all ACLs by resource, as Apache's tool does", async () => {
    const { text, table, data } = await run('drop-in', '--list')
    expect(text).toBe(
      'Current ACLs for resource `ResourcePattern(resourceType=TOPIC, name=x, patternType=PREFIXED)`:\n' +
        '\t(principal=User:a, host=*, operation=READ, permissionType=ALLOW)\n\t(principal=User:b, host=1.2.3.4, operation=ALL, permissionType=DENY)\n\n' +
        'Current ACLs for resource `ResourcePattern(resourceType=TRANSACTIONAL_ID, name=t, patternType=LITERAL)`:\n\t(principal=User:a, host=*, operation=WRITE, permissionType=ALLOW)\n\n',
    )
    expect(table!.split('\n')[2]).toMatch(/^User:b +deny +All +topic +x +prefixed +1\.2\.3\.4$/)
    expect(data).toMatchObject([
      {
        resourceType: 'TOPIC',
        name: 'x',
        patternType: 'PREFIXED',
        principal: 'User:a',
        operation: 'READ',
        permissionType: 'ALLOW',
      },
      {},
      {},
    ])
    expect(broker.requests(DescribeAcls)[0]!.request).toEqual({
      resourceTypeFilter: ANY,
      resourceNameFilter: null,
      patternTypeFilter: ANY,
      principalFilter: null,
      hostFilter: null,
      operation: ANY,
      permissionType: ANY,
    })
  })

  it('asks for resources, and shows what two of them have in common once', async () => {
    const { data } = await run(
      'kts',
      '--list',
      '--topic',
      'x',
      '--cluster',
      '--resource-pattern-type',
      'match',
      '--group',
      '*',
    )
    expect(
      broker
        .requests(DescribeAcls)
        .map(({ request }) => [request.resourceTypeFilter, request.resourceNameFilter, request.patternTypeFilter]),
    ).toEqual([
      [TOPIC, 'x', MATCH],
      [GROUP, '*', MATCH],
    ])
    expect(data).toHaveLength(3)
  })

  it('shows principals one after the other', async () => {
    const { text } = await run('drop-in', '--list', '--principal', 'User:a', '--principal', 'User:none')
    expect(text).toMatch(
      /^ACLs for principal `User:a`\nCurrent ACLs [^]*WRITE, permissionType=ALLOW\)\n\nACLs for principal `User:none`\n$/,
    )
    expect(text).not.toContain('User:b')
  })

  it("fails without an authorizer, in Apache's words too", async () => {
    broker.on(DescribeAcls, () => ({ errorCode: ERRORS.SECURITY_DISABLED, errorMessage: 'No.' }))
    await expect(run('kts', '--list')).rejects.toThrow(KafkaError)
    const { context, stdout } = createContext({ style: 'drop-in' })
    expect(await execute(entryOf(command), ['--bootstrap-server', broker.address, '--list'], context)).toBe(1)
    expect(stdout()).toBe('Error while executing ACL command: Cannot describe ACLs: No (SECURITY_DISABLED)\n')
  })
})

describe('--add', () => {
  it('adds every combination, and says what is there already', async () => {
    held = [
      {
        resourceType: TOPIC!,
        resourceName: 'x',
        patternType: LITERAL!,
        acls: [{ principal: 'User:a', host: '1.1.1.1', operation: DESCRIBE!, permissionType: ALLOW! }],
      },
    ]
    const { text, data } = await run(
      'drop-in',
      '--add',
      '--topic',
      'x',
      '--allow-principal',
      'User:a',
      '--allow-host',
      '1.1.1.1',
      '--deny-principal',
      'User:b',
      '--operation',
      'read',
      '--operation',
      'Describe',
    )
    expect(created()).toEqual([
      [TOPIC, 'x', LITERAL, 'User:a', '1.1.1.1', READ, ALLOW],
      [TOPIC, 'x', LITERAL, 'User:b', '*', READ, DENY],
      [TOPIC, 'x', LITERAL, 'User:b', '*', DESCRIBE, DENY],
    ])
    expect(text).toBe(
      'Acl (pattern=ResourcePattern(resourceType=TOPIC, name=x, patternType=LITERAL), entry=(principal=User:a, host=1.1.1.1, operation=DESCRIBE, permissionType=ALLOW)) already exists.\n' +
        'Adding ACLs for resource `ResourcePattern(resourceType=TOPIC, name=x, patternType=LITERAL)`: \n ' +
        '\t(principal=User:a, host=1.1.1.1, operation=READ, permissionType=ALLOW)\n\t(principal=User:b, host=*, operation=READ, permissionType=DENY)\n\t(principal=User:b, host=*, operation=DESCRIBE, permissionType=DENY)\n\n',
    )
    expect(data).toMatchObject([
      { principal: 'User:a', added: false },
      { added: true },
      { added: true },
      { added: true },
    ])
  })

  it('knows what producers and consumers need', async () => {
    held = []
    await run(
      'kts',
      '--add',
      '--producer',
      '--idempotent',
      '--consumer',
      '--allow-principal',
      'User:a',
      '--topic',
      'x',
      '--group',
      'g',
      '--transactional-id',
      't',
      '--resource-pattern-type',
      'literal',
    )
    expect(created().map(([type, name, , , , operation]) => [type, name, operation])).toEqual([
      [TOPIC, 'x', WRITE],
      [TOPIC, 'x', DESCRIBE],
      [TOPIC, 'x', CREATE],
      [TOPIC, 'x', READ],
      [CLUSTER, 'kafka-cluster', IDEMPOTENT_WRITE],
      [GROUP, 'g', READ],
      [TRANSACTIONAL_ID, 't', WRITE],
      [TRANSACTIONAL_ID, 't', DESCRIBE],
    ])
  })

  it("goes on after a failure under kts, and ends under Apache's name", async () => {
    broker.on(CreateAcls, ({ creations }) => ({
      results: creations.map(({ resourceName }) =>
        resourceName === 'x' ? { errorCode: ERRORS.INVALID_REQUEST, errorMessage: 'No.' } : {},
      ),
    }))
    const args = ['--add', '--topic', 'x', '--topic', 'y', '--allow-principal', 'User:a']
    const { stderr, data, exitCode } = await run('kts', ...args)
    expect(stderr).toBe(
      'kts acls: Cannot add (principal=User:a, host=*, operation=ALL, permissionType=ALLOW) to ResourcePattern(resourceType=TOPIC, name=x, patternType=LITERAL): No (INVALID_REQUEST)\n',
    )
    expect([(data as unknown[]).length, exitCode]).toEqual([1, 1])
    await expect(run('drop-in', ...args)).rejects.toThrow('No (INVALID_REQUEST)')
  })
})

describe('--remove', () => {
  it('removes what the options describe, or all of a resource', async () => {
    const { data, text, table } = await run(
      'kts',
      '--remove',
      '--force',
      '--topic',
      'x',
      '--allow-principal',
      'User:a',
      '--operation',
      'Read',
    )
    await run('drop-in', '--remove', '--force', '--topic', 'x')
    expect(broker.requests(DeleteAcls).map(({ request }) => request.filters)).toEqual([
      [
        {
          resourceTypeFilter: TOPIC,
          resourceNameFilter: 'x',
          patternTypeFilter: LITERAL,
          principalFilter: 'User:a',
          hostFilter: '*',
          operation: READ,
          permissionType: ALLOW,
        },
      ],
      [
        {
          resourceTypeFilter: TOPIC,
          resourceNameFilter: 'x',
          patternTypeFilter: LITERAL,
          principalFilter: null,
          hostFilter: null,
          operation: ANY,
          permissionType: ANY,
        },
      ],
    ])
    expect([(data as unknown[]).length, text, table!.split('\n').slice(0, 3)]).toEqual([
      3,
      '',
      ['Removed 3 ACLs.', '', expect.stringMatching(/^PRINCIPAL/)],
    ])
  })

  async function asked(style: 'kts' | 'drop-in', answer: string, code = 0): Promise<[stdout: string, stderr: string]> {
    const { context, stdout, stderr } = createContext({ style, program: 'kts acls', ...atTerminal(`${answer}\n`) })
    expect(
      await execute(
        entryOf(command),
        ['--bootstrap-server', broker.address, '--remove', '--topic', 'x', '--no-color'],
        context,
      ),
    ).toBe(code)
    return [stdout(), stderr()]
  }

  it('asks at a terminal', async () => {
    const [refused, question] = await asked('kts', 'n', 1)
    expect(question.split('\n').map((line) => line.slice(0, 6))).toEqual([
      'PRINCI',
      'User:a',
      'User:b',
      'User:a',
      'Remove',
      '',
    ])
    expect(question).toContain(`\nRemove these 3 ACLs on ${broker.address}? [y/N] kts acls: nothing has been changed\n`)
    expect([refused, broker.requests(DeleteAcls)]).toEqual(['', []])
    expect((await asked('kts', 'yes'))[0]).toMatch(/^Removed 3 ACLs\.\n\nPRINCIPAL .*(\nUser:.*){3}\n$/)
    expect((await asked('drop-in', 'yes'))[0]).toBe(
      'Are you sure you want to delete all ACLs for resource filter `ResourcePattern(resourceType=TOPIC, name=x, patternType=LITERAL)`? (y/n)\n',
    )
    expect(broker.requests(DeleteAcls)).toHaveLength(1)
    await asked('drop-in', 'Y')
    expect(broker.requests(DeleteAcls)).toHaveLength(2)
  })

  it('needs --yes or --force where nobody can be asked', async () => {
    await expect(async () => await run('kts', '--remove', '--topic', 'x')).rejects.toThrow(
      '--remove needs --yes, or --force,',
    )
    await expect(run('drop-in', '--remove', '--topic', 'x', '--allow-principal', 'User:a')).rejects.toThrow(
      'there is no terminal to ask at',
    )
    expect(broker.requests(DeleteAcls)).toEqual([])
    const gone = { removed: true }
    expect((await run('kts', 'remove', '--topic', 'x', '-y')).data).toMatchObject([gone, gone, gone])
  })

  it('names those that stay', async () => {
    broker.on(DeleteAcls, () => ({
      filterResults: [
        {
          matchingAcls: [0, ERRORS.INVALID_REQUEST].map((errorCode) => ({
            errorCode,
            resourceType: TOPIC!,
            resourceName: 'x',
            patternType: LITERAL!,
            principal: `User:${errorCode}`,
            host: '*',
            operation: READ!,
            permissionType: ALLOW!,
          })),
        },
      ],
    }))
    const { data, stderr, exitCode } = await run('kts', '--remove', '--topic', 'x', '--yes')
    expect(stderr).toMatch(/^kts acls: Cannot remove \(principal=User:42, .*\n$/)
    expect([(data as unknown[]).length, exitCode]).toEqual([1, 1])
  })
})

describe('a broker without an authorizer', () => {
  it('is told of by what was to be done, with how to have one', async () => {
    broker.on(DescribeAcls, () => ({
      errorCode: ERRORS.SECURITY_DISABLED,
      errorMessage: 'No Authorizer is configured on the broker',
    }))
    const adding = ['--allow-principal', 'User:a', '--topic', 'x']
    await expect(run('kts', 'add', ...adding)).rejects.toThrow(
      /^Cannot add ACLs: No Authorizer is configured on the broker \(SECURITY_DISABLED\); the broker in the box has one with kts broker start --user NAME --acls, /,
    )
    await expect(run('kts', 'list')).rejects.toThrow(/^Cannot list ACLs: /)
    await expect(run('kts', 'remove', '--topic', 'x', '-y')).rejects.toThrow(/^Cannot remove ACLs: /)
    await expect(run('drop-in', '--add', ...adding)).rejects.toThrow(
      /^Cannot describe ACLs: No Authorizer is configured on the broker \(SECURITY_DISABLED\)$/,
    )
  })
})

describe('options', () => {
  const add = (...args: string[]) => ['--add', '--allow-principal', 'User:a', ...args]
  it.each([
    [[], 'say what to do'],
    [['--add', '--remove', '--topic', 'x'], 'one thing at a time'],
    [add(), 'name a resource'],
    [['--add', '--topic', 'x'], '--add needs --allow-principal or --deny-principal'],
    [['--add', '--topic', 'x', '--allow-principal', 'a'], '"a" is not a principal'],
    [add('--topic', 'x', '--operation', 'odd'), '--operation is one of All, Read,'],
    [add('--topic', 'x', '--operation', 'ClusterAction'), 'TOPIC has no operation ClusterAction'],
    [add('--topic', 'x', '--resource-pattern-type', 'any'), '--resource-pattern-type any is for looking'],
    [
      ['--list', '--resource-pattern-type', 'odd'],
      '--resource-pattern-type is one of literal, prefixed, any and match',
    ],
    [['--list', '--allow-principal', 'User:a'], '--allow-principal goes with --add or --remove, not with --list'],
    [add('--topic', 'x', '--principal', 'User:a'), '--principal goes with --list'],
    [add('--producer', '--group', 'x'), '--producer needs --topic'],
    [add('--producer', '--topic', 'x', '--operation', 'Read'), '--producer and --operation exclude each other'],
    [add('--consumer', '--topic', 'x'), '--consumer needs --topic and --group'],
    [add('--consumer', '--topic', 'x', '--group', 'g', '--cluster'), 'not about --cluster'],
    [add('--idempotent', '--topic', 'x'), '--idempotent goes with --producer'],
  ])('refuses %j', async (args, message) => {
    for (const style of ['kts', 'drop-in'] as const) {
      const refused = (async () => await run(style, ...args))()
      await expect(refused).rejects.toThrow(UserError)
      await expect(refused).rejects.toThrow(message)
    }
  })
})
