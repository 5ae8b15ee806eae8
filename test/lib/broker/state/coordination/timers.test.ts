import { expect, test } from 'vitest'
import { KafkaError } from '../../../../../src/lib/errors.ts'
import { CoordinatorTimers } from '../../../../../src/lib/broker/state/coordination/timers.ts'
import { FakeClock } from '../../../../support/fake-clock.ts'

const setUp = () => {
  const clock = new FakeClock()
  return { clock, timers: new CoordinatorTimers(clock), ran: [] as string[] }
}

test('scheduling a name anew moves its timer', () => {
  const { clock, timers, ran } = setUp()
  timers.schedule('a', 100, () => ran.push('first'))
  clock.advance(50)
  timers.schedule('a', 100, () => ran.push('second'))
  clock.advance(99)
  expect(ran).toEqual([])
  clock.advance(1)
  expect(ran).toEqual(['second'])
})

test('a timer that runs is kept when asked to', () => {
  const { clock, timers, ran } = setUp()
  timers.schedule('a', 100, () => ran.push('first'))
  timers.scheduleIfAbsent('a', 500, () => ran.push('second'))
  clock.advance(600)
  expect(ran).toEqual(['first'])
  timers.scheduleIfAbsent('a', 10, () => ran.push('third'))
  clock.advance(10)
  expect(ran).toEqual(['first', 'third'])
})

test('cancelled timers do not run', () => {
  const { clock, timers, ran } = setUp()
  timers.schedule('a', 100, () => ran.push('a'))
  timers.schedule('b', 100, () => ran.push('b'))
  timers.cancel('a')
  clock.advance(99)
  timers.close()
  clock.advance(1000)
  expect(ran).toEqual([])
})

test('what the disk refused is tried again', () => {
  const { clock, timers, ran } = setUp()
  let refusals = 2
  timers.schedule('a', 100, () => {
    if (refusals-- > 0) throw new KafkaError('KAFKA_STORAGE_ERROR')
    ran.push('done')
  })
  clock.advance(100 + 499)
  expect(refusals).toBe(1)
  clock.advance(501)
  expect(ran).toEqual(['done'])
})

test('a bug is not', () => {
  const { clock, timers } = setUp()
  timers.schedule('a', 100, () => {
    throw new TypeError('bug')
  })
  expect(() => clock.advance(100)).toThrow('bug')
})
