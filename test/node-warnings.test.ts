import { afterAll, beforeAll, expect, test } from 'vitest'
import { startBrokerProcess, type BrokerProcess } from './support/broker-process.ts'
import { runTool, startTool, temporaryFolder } from './support/kts.ts'

/**
 * Node's own warnings (`(node:1234) …Warning: …`) come and go with its versions: CI runs this under each that we
 * support.
 */
const NODES_OWN = /^\(node:\d+\)/m
const folder = temporaryFolder()
const saidByBroker: Buffer[] = []
let broker: BrokerProcess
beforeAll(async () => {
  broker = await startBrokerProcess('--in-memory')
  broker.process.stderr!.on('data', (chunk: Buffer) => saidByBroker.push(chunk))
})
afterAll(async () => {
  await broker.stop()
  folder.remove()
})

const lines = (count: number): string => Array.from({ length: count }, (_, i) => `line ${i}\n`).join('')
const run = (tool: string, args: readonly string[], input?: string): ReturnType<typeof runTool> =>
  runTool(tool, [...args, '--bootstrap-server', broker.bootstrap], { input, env: { XDG_STATE_HOME: folder.path } })

test("no warning of Node's own is shown by a command or the broker", async () => {
  const outcomes = [
    await run('kafka-topics', ['--create', '--topic', 'quiet', '--partitions', '3']),
    await run('kafka-console-producer', ['--topic', 'quiet'], lines(1000)),
    // An idle connection is where kafkajs arms its negative timers.
    await run('kafka-console-consumer', [
      '--topic',
      'quiet',
      '--from-beginning',
      '--group',
      'quiet',
      '--timeout-ms',
      '1000',
    ]),
    await run('kts', ['topics', '--list']),
  ]
  for (const { code, stderr } of outcomes) {
    expect(code).toBe(0)
    expect(stderr).not.toMatch(NODES_OWN)
  }
  expect(outcomes[2]!.stdout.split('\n')).toHaveLength(1001)

  const unreachable = startTool('kafka-topics', ['--list', '--bootstrap-server', 'localhost:1'])
  expect((await unreachable.finished).stderr).not.toMatch(NODES_OWN)
  expect(Buffer.concat(saidByBroker).toString()).not.toMatch(NODES_OWN)
})
