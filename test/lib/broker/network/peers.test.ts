import { expect, test } from 'vitest'
import { Peers } from '../../../../src/lib/broker/network/peers.ts'
import { FakeClock } from '../../../support/fake-clock.ts'
import { MemoryNetwork } from '../../../support/memory-network.ts'
import { settle } from '../log/support.ts'

const PORT = 9092
const address = { host: 'localhost', port: PORT }

function watched() {
  const network = new MemoryNetwork()
  const clock = new FakeClock()
  const peers = new Peers({ network, clock, clientId: '1', addressOf: () => address })
  let refusals = 0
  return {
    network,
    clock,
    watch: () => peers.whenRefused(address, () => (refusals += 1)),
    refusals: () => refusals,
    listen: () => network.listen({ host: '', port: PORT, idleMs: 0 }, () => {}),
  }
}

test('a port where nobody listens is seen at once', async () => {
  const { watch, refusals } = watched()
  watch()
  await settle()
  expect(refusals()).toBe(1)
})

test('the port of a process that dies slowly is looked at again', async () => {
  const { network, clock, listen, watch, refusals } = watched()
  await listen()
  watch()
  network.kill(PORT)
  await settle()
  expect(refusals()).toBe(0)
  clock.advance(25)
  await settle()
  expect(refusals()).toBe(1)
})

test('a process that lives is not taken for dead, and soon let alone', async () => {
  const { network, clock, listen, watch, refusals } = watched()
  await listen()
  watch()
  for (let passed = 0; passed < 600; passed += 25) {
    network.cut(PORT)
    await settle()
    clock.advance(25)
  }
  network.kill(PORT)
  clock.advance(1000)
  await settle()
  expect(refusals()).toBe(0)
})
