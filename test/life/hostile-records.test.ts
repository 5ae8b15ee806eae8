import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { runTool, startTool, type Running } from '../support/kts.ts'
import { LifeBroker } from './support/broker.ts'

let broker: LifeBroker
let consumer: Running | undefined
const run = (args: string[], input = '') => runTool('kts', [...args, '-b', broker.bootstrap], { input })

beforeAll(async () => {
  broker = await LifeBroker.start()
  for (const topic of ['traps', 'a'.repeat(60)])
    expect(await run(['topics', '--create', '--topic', topic])).toMatchObject({ code: 0 })
  const trap = 'a'.repeat(60)
  expect(await run(['produce', '--topic', 'traps'], `${trap}\n`.repeat(40) + 'aab\n')).toMatchObject({ code: 0 })
})
afterEach(() => void consumer?.child.kill('SIGKILL'))
afterAll(() => broker.close())

test.each(['(a|a)*b', '(a*)*b', '(.*)*b'])('a filter %s goes past records that were made for it', async (pattern) => {
  expect(await run(['consume', '--topic', 'traps', '--to-end', '--grep', pattern])).toMatchObject({
    code: 0,
    stdout: 'aab\n',
  })
})

test('topics are found by a pattern that one of them was made for', async () => {
  expect(await run(['topics', '--list', '--topic', '(a|a)*b|traps'])).toMatchObject({ code: 0, stdout: 'traps\n' })
})

test.each([['--to-end'], ['--last', '1']])(
  'what cannot be bounded is stopped, and the pattern and the record are named: %s',
  async (...args) => {
    const { code, stdout, stderr } = await run(['consume', '--topic', 'traps', ...args, '--grep', '(a*)*\\1c'])
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr).toMatch(
      /The regular expression --grep \(a\*\)\*\\1c takes more than 500 ms for one text: the record at offset \d+ of traps-0\n/,
    )
  },
)

test('a second Ctrl-C ends it within a second, in the middle of a match as well', async () => {
  consumer = startTool('kts', [
    'consume',
    '--topic',
    'traps',
    '--from-beginning',
    '--grep',
    '(a*)*\\1c',
    '-b',
    broker.bootstrap,
  ])
  // Nothing is said before the match begins; twice is twice, whenever it comes.
  const startedAt = performance.now()
  let sentAt = startedAt
  const timer = setInterval(() => {
    sentAt = performance.now()
    consumer!.child.kill('SIGINT')
  }, 300)
  await consumer.finished
  clearInterval(timer)
  expect(performance.now() - sentAt).toBeLessThan(1000)
  expect(performance.now() - startedAt).toBeLessThan(10_000)
})
