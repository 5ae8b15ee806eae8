import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { configs } from '../../../src/commands/configs/index.ts'
import { topics } from '../../../src/commands/topics/index.ts'
import { startBroker, type RunningBroker } from '../../../src/lib/broker/index.ts'
import type { Command } from '../../../src/lib/work/command.ts'
import { KafkaError, UserError } from '../../../src/lib/errors.ts'
import { runCommand, type Outcome } from '../../support/run-command.ts'

let broker: RunningBroker
beforeAll(async () => {
  broker = await startBroker()
})
afterAll(() => broker.stop())

const run = (style: 'kts' | 'drop-in', ...args: string[]): Promise<Outcome> =>
  runCommand(configs as unknown as Command, ['--bootstrap-server', broker.bootstrapServers, ...args], {
    style,
    program: style === 'kts' ? 'kts configs' : 'kafka-configs',
  })
const kts = (...args: string[]) => run('kts', ...args)
const dropIn = (...args: string[]) => run('drop-in', ...args)
const row = (table: string | undefined): string[] =>
  table!
    .trimEnd()
    .split('\n')
    .slice(1)
    .map((line) => line.replace(/ +/g, ' '))

describe('a group', () => {
  it('has settings before it has members, and is listed for them', async () => {
    expect((await dropIn('--describe', '--group', 'g')).text).toBe(
      "The group 'g' doesn't exist and doesn't have dynamic config.\n",
    )
    expect(await kts('--alter', '--group', 'g', '--add-config', 'consumer.session.timeout.ms=50000')).toMatchObject({
      data: { entities: [{ type: 'group', name: 'g' }], altered: true },
      text: 'Completed updating config for group g.\n',
      exitCode: 0,
    })
    expect((await dropIn('--describe', '--entity-type', 'groups')).text).toBe(
      'Dynamic configs for group g are:\n' +
        '  consumer.session.timeout.ms=50000 sensitive=false synonyms={DYNAMIC_GROUP_CONFIG:consumer.session.timeout.ms=50000, DEFAULT_CONFIG:group.consumer.session.timeout.ms=45000}\n',
    )
    expect(row((await kts('--describe', '--group', 'g')).table)).toEqual([
      'g consumer.session.timeout.ms 50000 dynamic group config',
    ])
  })
})

describe('what is not there', () => {
  it("is a sentence and exit code 0 under Apache's name, an error under kts", async () => {
    expect(await dropIn('--describe', '--broker', '7')).toMatchObject({
      text: "The broker '7' doesn't exist and doesn't have dynamic config.\n",
      exitCode: 0,
    })
    expect(await kts('--describe', '--broker', '7')).toMatchObject({
      data: [],
      text: '',
      stderr: 'kts configs: there is no broker 7\n',
      exitCode: 1,
    })
    await expect(kts('--alter', '--topic', 'none', '--add-config', 'retention.ms=1')).rejects.toThrow(KafkaError)
  })
})

describe('verbs and words', () => {
  it('set, show, list and delete the settings of a topic', async () => {
    await runCommand(topics as unknown as Command, ['create', 'orders', '-b', broker.bootstrapServers])
    expect(
      await kts('set', 'orders', 'retention.ms=7d', 'segment.bytes=1MiB', 'cleanup.policy=compact,delete'),
    ).toEqual(expect.objectContaining({ text: 'Completed updating config for topic orders.\n', exitCode: 0 }))
    const rows = [
      'orders cleanup.policy compact,delete dynamic topic config',
      'orders retention.ms 604800000 dynamic topic config',
      'orders segment.bytes 1048576 dynamic topic config',
    ]
    expect(row((await kts('describe', 'orders')).table)).toEqual(rows)
    expect(row((await kts('list')).table)).toEqual(rows)
    expect((await kts('set', 'orders', 'retention.ms=1h', '--dry-run')).text).toBe(
      'Would set retention.ms=3600000 for topic orders.\n',
    )
    await kts('delete', 'orders', 'retention.ms', 'cleanup.policy')
    expect(row((await kts('describe', 'orders')).table)).toEqual(rows.slice(2))
    await kts('--alter', '--topic', 'orders', '--delete-config', 'segment.bytes')
  })

  it('change what an option names', async () => {
    await kts('set', '--client', 'words', 'producer_byte_rate=1MiB')
    expect(row((await kts('describe', '--client', 'words')).table)).toEqual([
      'client-id words producer_byte_rate 1048576',
    ])
    await kts('delete', '--client', 'words', 'producer_byte_rate')
    await kts('set', '--user', 'words', 'SCRAM-SHA-256=password=a=b')
    expect(row((await kts('describe', '--user', 'words')).table)).toEqual(['user words SCRAM-SHA-256 4096 iterations'])
    await kts('delete', '--user', 'words', 'SCRAM-SHA-256')
  })

  it('bring the near name of a setting to mind', async () => {
    await expect(kts('set', 'orders', 'retentoin.ms=1')).rejects.toThrow(
      /\(INVALID_CONFIG\); did you mean retention\.ms\?$/,
    )
    await expect(kts('set', 'orders', 'retention.ms=7days')).rejects.toThrow(
      /\(INVALID_CONFIG\); did you mean retention\.ms=7d\?$/,
    )
    await expect(dropIn('--alter', '--topic', 'orders', '--add-config', 'retentoin.ms=1')).rejects.toThrow(
      /\(INVALID_CONFIG\)$/,
    )
  })

  it.each([
    [['set'], 'set needs NAME=VALUE: what to set'],
    [['set', 'orders'], 'set needs NAME=VALUE'],
    [['set', 'retention.ms=1'], 'name the topic before retention.ms=1'],
    [['set', 'orders', 'retention.ms'], '"retention.ms" is not of the form NAME=VALUE'],
    [['set', 'orders', 'retention.hours=90m'], 'no whole number of hours'],
    [['delete', 'orders'], 'delete needs NAME'],
    [['describe'], 'say whose settings'],
  ])('refuses %j', async (args, message) => {
    await expect(async () => await kts(...args)).rejects.toThrow(message)
    await expect(async () => await kts(...args)).rejects.toThrow(UserError)
  })
})

describe('brokers', () => {
  it('are described one by one, their defaults last', async () => {
    expect((await dropIn('--describe', '--entity-type', 'brokers')).text).toBe(
      'Dynamic configs for broker 1 are:\nDefault configs for brokers in the cluster are:\n' +
        '  min.insync.replicas=1 sensitive=false synonyms={DYNAMIC_DEFAULT_BROKER_CONFIG:min.insync.replicas=1}\n',
    )
    expect((await kts('--describe', '--broker-defaults')).data).toMatchObject([
      { type: 'broker', name: null, configs: [{ name: 'min.insync.replicas', value: '1' }] },
    ])
    expect((await kts('--describe', '--broker', '1')).table).toBe(
      'Nothing is set for broker 1; --all shows what holds.\n',
    )
  })

  it('hide what is secret', async () => {
    expect(row((await kts('--describe', '--broker', '1', '--all')).table)).toContain(
      '1 ssl.key.password (hidden) default config',
    )
  })

  it('have loggers with names of their own', async () => {
    expect((await dropIn('--describe', '--broker-logger', '1')).text).toMatch(
      /^Dynamic configs for broker-logger 1 are:\n {2}root=\w+ sensitive=false synonyms=\{\}\n$/,
    )
    await expect(kts('--alter', '--broker-logger', '1', '--add-config', 'no.such=DEBUG')).rejects.toThrow(
      'broker 1 has no logger no.such',
    )
  })
})

describe('quotas', () => {
  it('of clients and users, named in either order, with numbers as Java writes them', async () => {
    expect(
      (await dropIn('--alter', '--user', 'u', '--client', 'c', '--add-config', 'producer_byte_rate=1e7')).text,
    ).toBe('Completed updating config for client c.\n')
    expect(
      (
        await dropIn(
          '--alter',
          '--entity-type',
          'users',
          '--entity-default',
          '--entity-type',
          'clients',
          '--entity-name',
          'c',
          '--add-config',
          'request_percentage=50',
        )
      ).text,
    ).toBe('Completed updating default config for users in the cluster.\n')
    const lines = [
      "Quota configs for user-principal 'u', client-id 'c' are producer_byte_rate=1.0E7\n",
      "Quota configs for the default user-principal, client-id 'c' are request_percentage=50.0\n",
    ]
    expect((await dropIn('--describe', '--entity-type', 'users', '--entity-type', 'clients')).text).toBe(lines.join(''))
    expect(
      (
        await dropIn(
          '--describe',
          '--entity-type',
          'clients',
          '--entity-name',
          'c',
          '--entity-type',
          'users',
          '--entity-default',
        )
      ).text,
    ).toBe(lines[1])
    expect(
      (await dropIn('--describe', '--entity-type', 'users', '--entity-name', 'u', '--entity-type', 'clients')).text,
    ).toBe(lines[0])
    expect((await kts('--describe', '--entity-type', 'users', '--entity-type', 'clients')).data).toEqual([
      { user: 'u', clientId: 'c', quotas: new Map([['producer_byte_rate', 1e7]]) },
      { user: null, clientId: 'c', quotas: new Map([['request_percentage', 50]]) },
    ])
    expect(row((await kts('--describe', '--user', 'u', '--client', 'c')).table)).toEqual([
      'user u, client-id c producer_byte_rate 10000000',
    ])
  })

  it('of addresses', async () => {
    await kts('--alter', '--ip', '10.1.2.3', '--add-config', 'connection_creation_rate=5')
    expect((await dropIn('--describe', '--entity-type', 'ips')).text).toBe(
      "Quota configs for ip '10.1.2.3' are connection_creation_rate=5.0\n",
    )
    await expect(kts('--alter', '--ip-defaults', '--delete-config', 'connection_creation_rate')).rejects.toThrow(
      'connection_creation_rate is not set, and cannot be deleted',
    )
  })

  it("stand beside a user's credentials", async () => {
    await kts('--alter', '--user', 'scram', '--add-config', 'SCRAM-SHA-512=[iterations=8192,password=secret]')
    await kts('--alter', '--user', 'scram', '--add-config', 'consumer_byte_rate=1')
    const both =
      "Quota configs for user-principal 'scram' are consumer_byte_rate=1.0\nSCRAM credential configs for user-principal 'scram' are SCRAM-SHA-512=iterations=8192\n"
    expect((await dropIn('--describe', '--user', 'scram')).text).toBe(both)
    expect((await dropIn('--describe', '--entity-type', 'users')).text).toBe(both)
    expect(row((await kts('--describe', '--user', 'scram')).table)).toEqual([
      'user scram consumer_byte_rate 1',
      'user scram SCRAM-SHA-512 8192 iterations',
    ])
    expect(JSON.stringify((await kts('--describe', '--user', 'scram')).data)).not.toContain('secret')
    expect((await dropIn('--describe', '--user-defaults')).text).toBe('')
  })
})

describe('options', () => {
  it.each([
    [[]],
    [['--describe']],
    [['--describe', '--alter', '--topic', 't']],
    [['--describe', '--entity-type', 'planets']],
    [['--describe', '--topic', 't', '--broker', '1']],
    [['--describe', '--topic', 't', '--entity-type', 'topics']],
    [['--describe', '--entity-type', 'topics', '--entity-type', 'topics']],
    [['--describe', '--entity-type', 'topics', '--entity-default']],
    [['--describe', '--entity-type', 'broker-loggers']],
    [['--describe', '--broker', 'one']],
    [['--describe', '--ip', '1.2.3.4.5']],
    [['--describe', '--topic', 't', '--add-config', 'a=b']],
    [['--describe', '--topic', 't', '--delete-config', 'a']],
    [['--alter', '--topic', 't']],
    [['--alter', '--entity-type', 'topics', '--add-config', 'a=b']],
    [['--alter', '--entity-type', 'groups', '--entity-default', '--add-config', 'a=b']],
    [['--alter', '--topic', 't', '--add-config', 'a=b', '--add-config-file', 'f']],
    [['--alter', '--entity-type', 'users', '--entity-name', 'u', '--entity-type', 'clients', '--add-config', 'a=b']],
  ])('refuses %j under both names', async (args) => {
    await expect(kts(...args)).rejects.toThrow(UserError)
    await expect(dropIn(...args)).rejects.toThrow(UserError)
  })

  it.each([
    [['--describe', '--entity-type', 'topics', '--entity-name', 'x', '--entity-name', 'y']],
    [['--describe', '--group', 'g', '--add-config-file', 'f']],
  ])('refuses %j under kts alone, where it has no effect', async (args) => {
    await expect(kts(...args)).rejects.toThrow(UserError)
    expect((await dropIn(...args)).exitCode).toBe(0)
  })
})
