import { expect, it } from 'vitest'
import { Incoming } from '../../../../src/lib/broker/state/incoming.ts'

it('gives up the request that has been unfinished for longest when all come to too much', () => {
  const incoming = new Incoming(10, 100)
  const givenUp: string[] = []
  const sender = (name: string) => ({ giveUp: (reason: string) => givenUp.push(`${name}: ${reason}`) })
  const [a, b, c] = [sender('a'), sender('b'), sender('c')]
  incoming.hold(a, 40)
  incoming.hold(b, 40)
  incoming.hold(a, 0)
  incoming.hold(a, 20)
  incoming.hold(c, 40)
  expect(incoming.unfinishedBytes).toBe(100)
  incoming.hold(c, 41)
  expect(givenUp).toEqual([
    'b: 40 bytes of a request that was not complete while all clients together held more than 100',
  ])
  expect(incoming.unfinishedBytes).toBe(61)
  for (const each of [a, b, c]) incoming.hold(each, 0)
  expect(incoming.unfinishedBytes).toBe(0)
})

it('has room for two of the largest requests, whatever they are', () => {
  const incoming = new Incoming(1000, 100)
  const sender = {
    giveUp() {
      throw new Error('given up')
    },
  }
  incoming.hold(sender, 2000)
  expect(incoming.unfinishedBytes).toBe(2000)
})
