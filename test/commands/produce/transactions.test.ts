import { PassThrough, Readable } from 'node:stream'
import { expect, test } from 'vitest'
import { produceCommand } from '../../../src/commands/produce/index.ts'
import { UserError } from '../../../src/lib/errors.ts'
import { valuesOf } from '../../support/committed-values.ts'
import type { ContextOptions } from '../../support/context.ts'
import { runCommand, type Outcome } from '../../support/run-command.ts'
import { shareBroker } from '../../support/shared-broker.ts'

const broker = shareBroker()
const newTopic = (configs: { name: string; value: string }[] = []): Promise<string> => broker.newTopic({ configs })

const text = (input: string): Readable => Readable.from([Buffer.from(input)])

const produce = (topic: string, args: readonly string[], options: ContextOptions = {}): Promise<Outcome> =>
  runCommand(produceCommand, ['-b', broker.bootstrapServers, '-t', topic, ...args], options)

test.each([
  [[], 1, 'in 1 transaction '],
  [['--transaction-size', '2'], 3, 'in 3 transactions '],
  [['--transaction-size', '5'], 1, 'in 1 transaction '],
])('five lines %o', async (options, transactions, words) => {
  const topic = await newTopic()
  const { data, table, exitCode, stderr } = await produce(topic, ['--transactional-id', topic, ...options], {
    stdin: text('a\nb\nc\nd\ne'),
  })
  expect(await valuesOf(broker.client, topic)).toEqual(['a', 'b', 'c', 'd', 'e'])
  expect(data).toMatchObject({ lines: 5, sent: 5, failed: 0, transactions })
  expect([table, stderr, exitCode]).toEqual([expect.stringContaining(words), '', 0])
})

test('a line that is refused takes its transaction along, and what was committed before stays', async () => {
  const topic = await newTopic([{ name: 'max.message.bytes', value: '1000' }])
  const { data, exitCode, stderr } = await produce(topic, ['--transactional-id', topic, '--transaction-size', '2'], {
    stdin: text(`a\nb\nc\n${'x'.repeat(2000)}\ne\n`),
  })
  expect(await valuesOf(broker.client, topic)).toEqual(['a', 'b'])
  expect(data).toMatchObject({ sent: 2, transactions: 1 })
  expect(stderr).toMatch(/line 4 was not sent: .*MESSAGE_TOO_LARGE/)
  expect(stderr).toMatch(/the transaction of lines 3 to \d was aborted: Transactional id/)
  expect(exitCode).toBe(1)
})

test('a line that cannot be read aborts the transaction', async () => {
  const topic = await newTopic()
  const { exitCode, stderr, data } = await produce(
    topic,
    ['--transactional-id', topic, '--reader-property', 'parse.key=true'],
    { stdin: text('k\ta\nno key\n') },
  )
  expect(await valuesOf(broker.client, topic)).toEqual([])
  expect(stderr).toContain('the transaction of lines 1 to 2 was aborted: line 2 cannot be read')
  expect(data).toMatchObject({ lines: 2, sent: 0, failed: 2, transactions: 0 })
  expect(exitCode).toBe(1)
})

test('an interruption aborts what is open', async () => {
  const topic = await newTopic()
  const stdin = new PassThrough()
  const stop = new AbortController()
  stdin.write('a\nb\nc\n')
  const running = produce(topic, ['--transactional-id', topic, '--transaction-size', '2'], {
    stdin,
    signal: stop.signal,
  })
  await expect.poll(() => valuesOf(broker.client, topic)).toEqual(['a', 'b'])
  stop.abort('SIGINT')
  const { exitCode, stderr } = await running
  expect(await valuesOf(broker.client, topic)).toEqual(['a', 'b'])
  expect(stderr).toContain('the transaction of line 3 was aborted: interrupted')
  expect(exitCode).toBe(1)
})

test('a producer that takes over shuts the other out', async () => {
  const topic = await newTopic()
  const stdin = new PassThrough()
  stdin.write('a\nb\nc\n')
  const first = produce(topic, ['--transactional-id', topic, '--transaction-size', '2'], { stdin })
  await expect.poll(() => valuesOf(broker.client, topic)).toEqual(['a', 'b'])
  await produce(topic, ['--transactional-id', topic], { stdin: text('mine') })
  stdin.end('d\n')
  const { exitCode, stderr } = await first
  expect(await valuesOf(broker.client, topic)).toEqual(['a', 'b', 'mine'])
  expect(stderr).toMatch(/the transaction of lines 3 to 4 has failed: .* another producer with this id has taken over/)
  expect(exitCode).toBe(1)
})

test.each<[string[], string, 'kts' | 'drop-in']>([
  [['--transaction-size', '5'], '--transaction-size needs --transactional-id', 'kts'],
  [['--transactional-id', 'x', '--transaction-size', '0'], '--transaction-size must be 1 or more', 'kts'],
  [['--transactional-id', ''], '--transactional-id is empty', 'kts'],
  [['--transactional-id', 'x', '--request-required-acks', '1'], 'transactional.id needs enable.idempotence', 'kts'],
  [['--command-property', 'transactional.id=x'], 'use kts produce --transactional-id', 'drop-in'],
])('%o is refused', async (args, message, style) => {
  const outcome = runCommand(
    produceCommand,
    [style === 'kts' ? '-b' : '--bootstrap-server', broker.bootstrapServers, '--topic', 't', ...args],
    { style },
  )
  await expect(outcome).rejects.toThrow(UserError)
  await expect(outcome).rejects.toThrow(message)
})
