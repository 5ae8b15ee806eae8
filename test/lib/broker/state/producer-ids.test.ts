import { expect, test } from 'vitest'
import type { Cluster } from '../../../../src/lib/broker/state/cluster/cluster.ts'
import { ProducerIds } from '../../../../src/lib/broker/state/producer-ids.ts'
import { EnvironmentError } from '../../../../src/lib/errors.ts'
import { settle } from '../log/support.ts'
import { outcome } from './transactions/transaction-node.ts'

/** A broker whose controller, on another node, gives blocks of a thousand ids. */
function idsFrom(answers: { isReachable: boolean; errorCode: number }) {
  const asked: unknown[] = []
  const cluster = { controllerId: 3000, registration: () => ({ epoch: 17n }) } as unknown as Cluster
  const controller = {
    ask: async (_: unknown, request: unknown) => {
      asked.push(request)
      await Promise.resolve()
      if (!answers.isReachable) throw new EnvironmentError('nobody there')
      return { errorCode: answers.errorCode, producerIdStart: BigInt(asked.length) * 1000n, producerIdLen: 1000 }
    },
  }
  return { asked, ids: new ProducerIds({ nodeId: 1, cluster, controller: controller as never }) }
}

test('ids come in blocks from the controller, the next before the last runs out', async () => {
  const { asked, ids } = idsFrom({ isReachable: true, errorCode: 0 })
  expect(outcome(() => ids.generate())).toBe('COORDINATOR_LOAD_IN_PROGRESS')
  expect(asked).toEqual([{ brokerId: 1, brokerEpoch: 17n }])
  await settle()
  const taken = new Set<bigint>()
  for (let count = 0; count < 2500; count += 1) {
    taken.add(ids.generate())
    if (count % 10 === 0) await settle()
  }
  expect([taken.size, asked.length]).toEqual([2500, 3])
  expect([...taken].slice(998, 1002)).toEqual([1998n, 1999n, 2000n, 2001n])
})

test('a controller that does not answer is asked again with the next producer', async () => {
  const answers = { isReachable: false, errorCode: 0 }
  const { asked, ids } = idsFrom(answers)
  for (const _ of [1, 2]) {
    expect(outcome(() => ids.generate())).toBe('COORDINATOR_LOAD_IN_PROGRESS')
    await settle()
  }
  Object.assign(answers, { isReachable: true, errorCode: 77 })
  expect(outcome(() => ids.generate())).toBe('COORDINATOR_LOAD_IN_PROGRESS')
  await settle()
  answers.errorCode = 0
  expect(outcome(() => ids.generate())).toBe('COORDINATOR_LOAD_IN_PROGRESS')
  await settle()
  expect([ids.generate(), asked.length]).toEqual([4000n, 4])
})
