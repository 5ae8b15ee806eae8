import { expect, test } from 'vitest'
import { Hindrances } from '../../../src/lib/client/hindrances.ts'
import { FakeClock } from '../../support/fake-clock.ts'

function start() {
  const clock = new FakeClock()
  const said: string[] = []
  return { clock, said, hindrances: new Hindrances({ clock, say: (line) => said.push(line) }) }
}

test('a cause is said once, and again when it had passed long ago', () => {
  const { clock, said, hindrances } = start()
  for (let at = 0; at < 60; at += 1) {
    hindrances.meet('a', 'Cannot reach it')
    clock.advance(1000)
  }
  expect(said).toEqual(['Cannot reach it; trying again'])
  hindrances.pass('a')
  expect(hindrances.cause()).toBe(undefined)
  clock.advance(60_000)
  hindrances.meet('a', 'Cannot reach it')
  expect(said).toHaveLength(2)
})

test('what may pass by itself is said when it has not within two seconds', () => {
  const { clock, said, hindrances } = start()
  hindrances.meet('a', 'NOT_ENOUGH_REPLICAS', { atOnce: false })
  hindrances.meet('b', 'LEADER_NOT_AVAILABLE', { atOnce: false })
  clock.advance(1000)
  hindrances.pass('b')
  hindrances.meet('a', 'REQUEST_TIMED_OUT', { atOnce: false })
  expect(said).toEqual([])
  clock.advance(1000)
  expect(said).toEqual(['REQUEST_TIMED_OUT; trying again'])
})

test('the reason of what is lost is that of the first that is hindered, or the last that was met', () => {
  const { hindrances } = start()
  expect(hindrances.explain('not delivered')).toBe('not delivered')
  hindrances.meet('a', 'Cannot reach a')
  hindrances.meet('b', 'Lost the broker at b')
  expect(hindrances.explain('not delivered', 'c', 'a', 'b')).toBe('not delivered: cannot reach a')
  expect(hindrances.explain('not delivered', 'c')).toBe('not delivered: lost the broker at b')
})

test('nothing is said after the end, not even by a timer', () => {
  const { clock, said, hindrances } = start()
  hindrances.meet('a', 'LEADER_NOT_AVAILABLE', { atOnce: false })
  hindrances.close()
  hindrances.meet('a', 'Cannot reach it')
  clock.advance(60_000)
  expect(said).toEqual([])
})
