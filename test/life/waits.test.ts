import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { runTool, startTool, type Running } from '../support/kts.ts'
import { LifeBroker } from './support/broker.ts'

let broker: LifeBroker
beforeAll(async () => { broker = await LifeBroker.start() })
afterAll(() => broker.close())

const started = new Set<Running>()
afterEach(() => {
  for (const { child } of started) child.kill('SIGKILL')
  started.clear()
})
const start = (...args: Parameters<typeof startTool>): Running => {
  const running = startTool(...args)
  started.add(running)
  return running
}

describe('a consumer whose broker goes away', () => {
  test.each([['kts', ['consume', '--topic', 'pin', '--from-beginning', '-b']], ['kafka-console-consumer', ['--topic', 'pin', '--from-beginning', '--bootstrap-server']]])('%s reads on when it is back', async (tool, args) => {
    await runTool('kts', ['topics', '--create', '--if-not-exists', '--topic', 'pin', '-b', broker.bootstrap])
    await runTool('kts', ['produce', '--topic', 'pin', '-b', broker.bootstrap], { input: 'before\n' })
    const consumer = start(tool, [...args, broker.bootstrap])
    await consumer.said(/before/)
    await broker.end('SIGKILL')
    await consumer.warned(/trying again/)
    await broker.start()
    await runTool('kts', ['produce', '--topic', 'pin', '-b', broker.bootstrap], { input: 'after\n' })
    await consumer.said(/after/)
    consumer.child.kill('SIGINT')
    expect((await consumer.finished).code).toBe(130)
  })
})
