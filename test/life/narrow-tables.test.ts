import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { runTool, startTool, type Running } from '../support/kts.ts'
import { LifeBroker } from './support/broker.ts'
import { Screen } from './support/screen.ts'

let broker: LifeBroker
let member: Running | undefined
let screen: Screen | undefined

beforeAll(async () => {
  broker = await LifeBroker.start({
    settings: {
      'authorizer.class.name': 'org.apache.kafka.metadata.authorizer.StandardAuthorizer',
      'super.users': 'User:ANONYMOUS',
    },
  })
  const run = async (...args: string[]): Promise<void> => {
    expect(await runTool('kts', [...args, '-b', broker.bootstrap])).toMatchObject({ code: 0 })
  }
  await run(
    'topics',
    '--create',
    '--topic',
    'retail',
    '--partitions',
    '3',
    '--config',
    'retention.ms=604800000',
    '--config',
    'max.message.bytes=1000000',
    '--config',
    'min.insync.replicas=1',
  )
  await run(
    'topics',
    '--create',
    '--topic',
    'a.name.that.is.as.long.as.those.of.companies.with.many.departments.and.rules',
    '--config',
    'segment.bytes=1048576',
  )
  await run(
    'acls',
    '--add',
    '--allow-principal',
    'User:CN=a-service-with-a-name,OU=platform,O=example',
    '--operation',
    'Read',
    '--topic',
    'retail',
  )
  expect(
    await runTool('kts', ['produce', '--topic', 'retail', '-b', broker.bootstrap], { input: 'one\ntwo\n' }),
  ).toMatchObject({ code: 0 })
  member = startTool('kts', [
    'consume',
    '--topic',
    'retail',
    '--group',
    'shop',
    '--from-beginning',
    '-b',
    broker.bootstrap,
  ])
  await member.said(/one\ntwo|two\none/)
})

afterEach(async () => {
  await screen?.close()
  screen = undefined
})

afterAll(async () => {
  member?.child.kill('SIGKILL')
  await broker.close()
})

const COMMANDS = [
  'topics --describe',
  'topics --list',
  'groups --describe -g shop',
  'groups --describe -g shop --members --verbose',
  'groups --describe -g shop --state',
  'groups --list',
  'offsets',
  'acls --list',
  'configs --describe --entity-type topics',
  'configs --describe --all --entity-type brokers --entity-name 1',
  'transactions list',
  'log-dirs --describe',
  'cluster',
  'cluster list-endpoints',
  'quorum describe --replication',
  'features describe',
  'broker status',
  'api-versions',
]

test.each([60, 80, 100, 120])('no line of a table is longer than a screen of %d columns', async (columns) => {
  screen = new Screen({ columns, rows: 60, env: { KTS_BOOTSTRAP_SERVERS: broker.bootstrap } })
  // Who fits into 80 columns fits into more, unless it gives way too late.
  for (const [index, command] of (columns > 80 ? COMMANDS.slice(0, 5) : COMMANDS).entries()) {
    screen.enter(`kts ${command}; echo done-$((${index}+100))`)
    await screen.until(new RegExp(`^done-${index + 100}$`, 'm'))
  }
  expect(screen.wrapped.filter((line) => !line.startsWith('$ '))).toEqual([])
  expect(screen.text).toContain('retail')
  expect(screen.text).not.toContain('kts: ')
})
