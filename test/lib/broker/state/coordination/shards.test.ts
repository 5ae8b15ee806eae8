import { expect, test } from 'vitest'
import { Shards, type ShardContext } from '../../../../../src/lib/broker/state/coordination/shards.ts'
import type { StateRecord } from '../../../../../src/lib/broker/state/coordination/state-topic.ts'
import { FakeClock } from '../../../../support/fake-clock.ts'
import { outcome } from '../transactions/transaction-node.ts'
import { MemoryStateTopic } from './memory-state-topic.ts'

interface Known extends ShardContext<string> {
  readonly read: string[]
}

/** A coordinator that keeps words, and reads one of them in a turn. */
function wordsOf(stateTopic: MemoryStateTopic) {
  const turns: (() => void)[] = []
  const told: string[] = []
  const clock = new FakeClock()
  const shards = new Shards<string, Known>(
    {
      codec: {
        encode: (word): StateRecord => ({ key: Buffer.from(word), value: null }),
        decode: ({ key }) => key.toString(),
      },
      open: (shard) => ({ ...shard, read: [] }),
      replay: ({ read }, entry) => void (entry.type === 'record' && read.push(entry.record)),
      start: ({ read, timers }) => {
        told.push(`started ${read.join(' ')}`)
        timers.schedule('late', 1000, () => told.push('late'))
      },
      close: ({ read }) => void told.push(`closed ${read.join(' ')}`),
    },
    { clock, stateTopic, warn: (line) => told.push(line), pause: () => new Promise((go) => turns.push(go)) },
  )
  shards.start()
  const nextTurn = async (): Promise<void> => {
    for (const go of turns.splice(0)) go()
    for (let turn = 0; turn < 5; turn += 1) await Promise.resolve()
  }
  return { shards, told, clock, nextTurn }
}

function topicOf(...words: string[]): MemoryStateTopic {
  const stateTopic = new MemoryStateTopic(1)
  stateTopic.partitionCount()
  for (const word of words) stateTopic.append(0, [{ key: Buffer.from(word), value: null }])
  return stateTopic
}

test('what is read back takes turns with others, and is not there before all of it is', async () => {
  const { shards, told, clock, nextTurn } = wordsOf(topicOf('a', 'b'))
  expect(outcome(() => shards.of('id'))).toBe('COORDINATOR_LOAD_IN_PROGRESS')
  expect(outcome(() => shards.all())).toBe('COORDINATOR_LOAD_IN_PROGRESS')
  await nextTurn()
  expect(outcome(() => shards.of('id'))).toBe('COORDINATOR_LOAD_IN_PROGRESS')
  await nextTurn()
  expect(shards.of('id').read).toEqual(['a', 'b'])
  clock.advance(1000)
  expect(told).toEqual(['started a b', 'late'])
})

test('another leader meanwhile ends the reading, and later what was known, with its timers', async () => {
  const stateTopic = topicOf('a', 'b')
  const { shards, told, clock, nextTurn } = wordsOf(stateTopic)
  stateTopic.move(false)
  await nextTurn()
  await nextTurn()
  expect(outcome(() => shards.of('id'))).toBe('NOT_COORDINATOR')
  stateTopic.move(true)
  for (let turn = 0; turn < 3; turn += 1) await nextTurn()
  expect(shards.of('id').read).toEqual(['a', 'b'])
  stateTopic.move(false)
  clock.advance(1000)
  expect(told).toEqual(['closed a', 'started a b', 'closed a b'])
  expect(outcome(() => shards.of('id'))).toBe('NOT_COORDINATOR')
})

test('the same leader in a later epoch keeps what it knows', async () => {
  const stateTopic = topicOf('a')
  const { told, nextTurn } = wordsOf(stateTopic)
  await nextTurn()
  stateTopic.move(true)
  await nextTurn()
  expect(told).toEqual(['started a'])
})
