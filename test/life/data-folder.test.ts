import { rmSync } from 'node:fs'
import { afterEach, describe, expect, test } from 'vitest'
import { runTool } from '../support/kts.ts'
import { LifeBroker } from './support/broker.ts'

const brokers: LifeBroker[] = []
afterEach(async () => {
  for (const broker of brokers.splice(0)) await broker.close()
})

async function started(): Promise<LifeBroker> {
  const broker = await LifeBroker.start()
  brokers.push(broker)
  return broker
}

describe('a broker', () => {
  test('whose data folder is removed takes nothing more, says why and ends with 1', async () => {
    const broker = await started()
    await runTool('kts', ['topics', '--create', '--topic', 't', '-b', broker.bootstrap])
    rmSync(broker.dataDir, { recursive: true })
    expect(await broker.running.finished).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(
        /the data folder \S+ is gone: the broker cannot keep anything, and stops\n$/,
      ) as string,
    })
  })

  test('comes back whatever was written to an internal topic or asked of __cluster_metadata', async () => {
    const broker = await started()
    await runTool('kts', ['produce', '--topic', 't', '-b', broker.bootstrap], { input: 'a\n' })
    await runTool('kts', [
      'consume',
      '--topic',
      't',
      '--group',
      'g',
      '--from-beginning',
      '--max-messages',
      '1',
      '-b',
      broker.bootstrap,
    ])
    const forged = await runTool(
      'kts',
      [
        'produce',
        '--topic',
        '__consumer_offsets',
        '--reader-property',
        'parse.key=true',
        '--reader-property',
        'key.separator=:',
        '-b',
        broker.bootstrap,
      ],
      { input: ':x\n' },
    )
    expect(forged).toMatchObject({ code: 1, stderr: expect.stringContaining('INVALID_TOPIC_EXCEPTION') as string })
    await runTool('kts', ['consume', '--topic', '__cluster_metadata', '--timeout-ms', '500', '-b', broker.bootstrap])
    await broker.restart()
    const { stdout } = await runTool('kts', [
      'consume',
      '--topic',
      't',
      '--from-beginning',
      '--max-messages',
      '1',
      '-b',
      broker.bootstrap,
    ])
    expect(stdout).toBe('a\n')
  })
})
