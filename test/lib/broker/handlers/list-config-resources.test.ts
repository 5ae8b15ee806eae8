import { afterEach, beforeEach, expect, test } from 'vitest'
import { ListConfigResources } from '../../../../src/lib/protocol/apis/list-config-resources.ts'
import { ERRORS } from '../../../../src/lib/protocol/errors.ts'
import { TestBroker } from '../../../support/broker.ts'

let broker: TestBroker
beforeEach(async () => {
  broker = new TestBroker()
  await broker.createTopic('t')
  broker.node.broker.cluster.setConfigs('client-metrics', 'm', new Map([['interval.ms', '100']]))
  broker.node.broker.cluster.setConfigs('group', 'g', new Map([['consumer.session.timeout.ms', '50000']]))
})
afterEach(() => broker.close())

const list = async (resourceTypes: number[], version = 1) => {
  const { errorCode, configResources } = await broker.send(ListConfigResources, { resourceTypes }, version)
  return errorCode || configResources.map(({ resourceType, resourceName }) => [resourceType, resourceName])
}

test('names what has settings, all of it or by kind', async () => {
  expect(await list([])).toEqual([
    [2, 't'],
    [4, '1'],
    [8, '1'],
    [16, 'm'],
    [32, 'g'],
  ])
  expect(await list([32, 2, 2])).toEqual([
    [32, 'g'],
    [2, 't'],
  ])
})

test('version 0 knows client metrics only', async () => {
  expect(await list([], 0)).toEqual([[16, 'm']])
})

test('refuses a kind that nobody knows', async () => {
  expect(await list([2, 3])).toBe(ERRORS.UNSUPPORTED_VERSION)
})
