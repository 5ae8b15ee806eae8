import { afterAll, beforeAll, expect, test } from 'vitest'
import { startBroker, type RunningBroker } from '../../src/lib/broker/index.ts'
import { tasks } from './kafkajs/tasks.mjs'

/**
 * A client that was not written here, used as its users do, over real sockets; `npm run test:clients` has the others.
 */
let broker: RunningBroker
let strict: RunningBroker
const warnings: string[] = []
beforeAll(async () => {
  broker = await startBroker({ onWarning: (line) => warnings.push(line) })
  strict = await startBroker({ properties: { 'auto.create.topics.enable': 'false' } })
})
afterAll(() => Promise.all([broker.stop(), strict.stop()]))

// At once: kafkajs takes five seconds to set a group's offsets.
test.concurrent.each(Object.keys(tasks))('kafkajs: %s', async (name) => {
  await tasks[name]!({ server: broker.bootstrapServers, strict: strict.bootstrapServers })
  expect(warnings).toEqual([])
})
