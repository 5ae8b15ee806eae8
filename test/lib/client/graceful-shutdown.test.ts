import { expect, test } from 'vitest'
import { GracefulShutdown } from '../../../src/lib/client/graceful-shutdown.ts'
import { FakeClock } from '../../support/fake-clock.ts'

function start(pending: () => string | undefined) {
  const clock = new FakeClock()
  const controller = new AbortController()
  const heard: string[] = []
  const shutdown = new GracefulShutdown({
    clock,
    signal: controller.signal,
    pending,
    say: (line) => heard.push(line),
    giveUp: (reason) => heard.push(`! ${reason}`),
  })
  return { clock, controller, heard, shutdown }
}

test('says what is waited for, and gives it up after five seconds', () => {
  const { clock, controller, heard } = start(() => '2 lines')
  clock.advance(60_000)
  expect(heard).toEqual([])
  controller.abort('SIGINT')
  clock.advance(1000)
  expect(heard).toEqual(['waiting for 2 lines; gives up after 5 s, Ctrl-C again gives up at once'])
  clock.advance(4000)
  expect(heard.slice(1)).toEqual(['! given up 5 s after SIGINT'])
})

test('says nothing of what is over in time', () => {
  const { clock, controller, heard, shutdown } = start(() => undefined)
  controller.abort('SIGTERM')
  clock.advance(1000)
  shutdown.end()
  clock.advance(60_000)
  expect(heard).toEqual([])
})

test('begins at once when the signal was there before it', () => {
  const clock = new FakeClock()
  const heard: string[] = []
  new GracefulShutdown({
    clock,
    signal: AbortSignal.abort('SIGTERM'),
    pending: () => '1 line',
    say: (line) => heard.push(line),
    giveUp: () => {},
  })
  clock.advance(1000)
  expect(heard).toEqual(['waiting for 1 line; gives up after 5 s, another signal gives up at once'])
})
