import { expect, test } from 'vitest'
import { Hindrances } from '../../../src/lib/client/hindrances.ts'
import { FakeClock } from '../../support/fake-clock.ts'

function open() {
  const clock = new FakeClock()
  const said: string[] = []
  return { clock, said, hindrances: new Hindrances({ clock, say: (line) => said.push(line) }) }
}

test('a cause is said once, and again when it had passed long ago', () => {
  const { clock, said, hindrances } = open()
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
  const { clock, said, hindrances } = open()
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
  const { hindrances } = open()
  expect(hindrances.explain('not delivered')).toBe('not delivered')
  hindrances.meet('a', 'Cannot reach a')
  hindrances.meet('b', 'Lost the broker at b')
  expect(hindrances.explain('not delivered', 'c', 'a', 'b')).toBe('not delivered: cannot reach a')
  expect(hindrances.explain('not delivered', 'c')).toBe('not delivered: lost the broker at b')
})

test('nothing is said after the end, not even by a timer', () => {
  const { clock, said, hindrances } = open()
  hindrances.meet('a', 'LEADER_NOT_AVAILABLE', { atOnce: false })
  hindrances.close()
  hindrances.meet('a', 'Cannot reach it')
  clock.advance(60_000)
  expect(said).toEqual([])
})

test('a cause is said once for all that it hinders, and a word when all is over', () => {
  const { hindrances, said } = open()
  for (const partition of ['t-0', 't-1', 't-0', 't-1']) hindrances.meet(partition, 'Lost broker 1')
  hindrances.pass('t-0', 'back')
  expect(said).toEqual(['Lost broker 1; trying again'])
  hindrances.pass('t-1', 'back')
  expect(said).toEqual(['Lost broker 1; trying again', 'back'])
})

test('another cause is news, and so is the same one when it comes back', () => {
  const { hindrances, said, clock } = open()
  hindrances.meet('a', 'closed')
  hindrances.meet('a', 'refused')
  hindrances.meet('a', 'closed')
  hindrances.pass('a')
  clock.advance(2000)
  hindrances.meet('a', 'closed')
  expect(said).toEqual(['closed; trying again', 'refused; trying again', 'closed; trying again'])
})

test('a connection that comes and goes fills no screen, but an outage is not passed over because of the one before', () => {
  const { hindrances, said, clock } = open()
  hindrances.meet('a', 'closed')
  hindrances.pass('a')
  hindrances.meet('a', 'closed')
  expect(said).toHaveLength(1)
  clock.advance(2000)
  hindrances.meet('a', 'closed')
  expect(said).toHaveLength(2)
})

test('what may pass by itself is said after two seconds, and no word follows on what was not said', () => {
  const { hindrances, said, clock } = open()
  hindrances.meet('a', 'loading', { atOnce: false })
  clock.advance(1999)
  hindrances.pass('a', 'back')
  hindrances.meet('a', 'loading', { atOnce: false, outlook: 'waiting' })
  clock.advance(2000)
  expect(said).toEqual(['loading; waiting'])
})

test('many that meet the same, each with its name, are told once', () => {
  const { hindrances, said, clock } = open()
  const meet = (name: string): void =>
    hindrances.meet(name, `${name}: NOT_ENOUGH_REPLICAS`, { atOnce: false, news: 't: NOT_ENOUGH_REPLICAS' })
  for (const name of ['t-0', 't-1', 't-2']) meet(name)
  clock.advance(2000)
  meet('t-1')
  expect(said).toEqual(['t-0: NOT_ENOUGH_REPLICAS; trying again'])
  expect(hindrances.explain('not delivered', 't-1')).toBe('not delivered: t-1: NOT_ENOUGH_REPLICAS')
  for (const name of ['t-0', 't-1']) hindrances.pass(name, 'back')
  expect(said).toHaveLength(1)
  hindrances.pass('t-2', 'back')
  expect(said.at(-1)).toBe('back')
})
