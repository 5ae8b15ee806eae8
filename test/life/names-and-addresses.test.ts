import { networkInterfaces } from 'node:os'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { runTool, startTool, temporaryFolder, type Running } from '../support/kts.ts'
import { LifeBroker } from './support/broker.ts'

let broker: LifeBroker
let other: Running | undefined
const folder = temporaryFolder()
const run = (args: string[], server = broker.bootstrap) => runTool('kts', [...args, '-b', server])

beforeAll(async () => {
  broker = await LifeBroker.start()
})
afterEach(() => void other?.child.kill('SIGKILL'))
afterAll(async () => {
  folder.remove()
  await broker.close()
})

test('a name deletes what it names, and says so', async () => {
  for (const topic of ['a.b', 'a-b', 'aXb'])
    expect(await run(['topics', '--create', '--topic', topic])).toMatchObject({ code: 0 })
  expect(await run(['topics', '--delete', '--topic', 'a.b'])).toEqual({
    code: 0,
    stdout: 'Deleted topic a.b.\n',
    stderr: '',
  })
  expect(await run(['topics', '--list'])).toMatchObject({ stdout: 'a-b\naXb\n' })
  expect(await run(['topics', '--delete', '--topic', 'a.b'])).toMatchObject({
    code: 1,
    stdout: '',
    stderr: expect.stringContaining('There is no topic a.b') as string,
  })
  expect(
    await runTool('kafka-topics', ['--delete', '--topic', 'a.b', '--bootstrap-server', broker.bootstrap]),
  ).toMatchObject({ code: 0, stdout: '' })
  expect(await run(['topics', '--list'])).toMatchObject({ stdout: '' })
})

test.each([
  ['topics', '--delete', '--topic', ''],
  ['groups', '--delete', '--group', ''],
  ['configs', '--alter', '--entity-type', 'brokers', '--entity-name', '', '--add-config', 'log.cleaner.threads=2'],
  ['acls', '--remove', '--allow-principal', '', '--topic', 'x'],
  ['acls', '--list', '--principal', ''],
  ['offsets', '--topic', ''],
  ['offsets', '--topic', 'a,'],
  ['log-dirs', '--describe', '--broker-list', ''],
  ['consume', '--topic', ''],
  ['consume', '--topic', 'a', '--partition', ''],
  ['produce', '--topic', ''],
  ['transactions', 'describe', '--transactional-id', ''],
])('an empty name is bad usage: %s %s %s "%s"', async (...args) => {
  expect(await run(args)).toMatchObject({ code: 2, stdout: '' })
})

const hasIPv6 = Object.values(networkInterfaces())
  .flat()
  .some((address) => address?.address === '::1')

test.runIf(hasIPv6)('what a broker prints as its address is taken back, with a zone as well', async () => {
  other = startTool('kts', ['broker', 'start', '--in-memory', '--override', 'listeners=PLAINTEXT://[::1]:0'], {
    env: { XDG_STATE_HOME: folder.path },
  })
  const [, address = ''] = /ready at (\S+),/.exec(await other.said(/ready at \S+,/))!
  expect(address).toMatch(/^\[::1\]:\d+$/)
  expect(await run(['topics', '--create', '--topic', 't'], address)).toMatchObject({ code: 0 })
  expect(await run(['topics', '--list'], address.replace('::1', '::1%lo'))).toMatchObject({ code: 0, stdout: 't\n' })
  expect(await run(['cluster'], address)).toMatchObject({ code: 0, stdout: expect.stringContaining(address) as string })
  expect(await runTool('kafka-topics', ['--list', '--bootstrap-server', address.replace(/[[\]]/g, '')])).toMatchObject({
    code: 0,
    stdout: 't\n',
  })
  expect(await run(['topics', '--list'], address.replace(/[[\]]/g, ''))).toMatchObject({
    code: 2,
    stderr: expect.stringContaining(`write HOST:PORT, e.g. ${address}`) as string,
  })
})
