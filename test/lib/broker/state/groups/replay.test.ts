import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ListGroups } from '../../../../../src/lib/protocol/apis/list-groups.ts'
import { DescribeGroups } from '../../../../../src/lib/protocol/apis/describe-groups.ts'
import { OffsetFetch } from '../../../../../src/lib/protocol/apis/offset-fetch.ts'
import { ClassicClient, stabilise } from './classic-member.ts'
import { ConsumerClient, describeConsumers, settle } from './consumer-member.ts'
import { GroupNode, subscription } from './group-node.ts'

/** Everything that a client can see of the groups, in a fixed order. */
async function picture(node: GroupNode) {
  const { groups } = await node.send(ListGroups, {})
  const ids = groups.map(({ groupId }) => groupId).sort()
  const fetched = await node.send(OffsetFetch, { groups: ids.map((groupId) => ({ groupId, topics: null })) }, 9)
  const consumers = await Promise.all(ids.map((groupId) => describeConsumers(node, groupId)))
  for (const group of consumers) group.members.sort((a, b) => (a.memberId < b.memberId ? -1 : 1))
  for (const group of fetched.groups)
    for (const topic of group.topics) topic.partitions.sort((a, b) => a.partitionIndex - b.partitionIndex)
  for (const group of fetched.groups) group.topics.sort((a, b) => (a.name < b.name ? -1 : 1))
  return {
    groups: groups.sort((a, b) => (a.groupId < b.groupId ? -1 : 1)),
    classic: (await node.send(DescribeGroups, { groups: ids })).groups,
    consumers,
    fetched,
  }
}

async function busyNode(): Promise<GroupNode> {
  const node = new GroupNode()
  node.addTopic('t', 6)
  const classic = [
    new ClassicClient(node, 'classic', { groupInstanceId: 'i' }),
    new ClassicClient(node, 'classic', { protocols: [{ name: 'range', metadata: subscription('t', 'u') }] }),
  ]
  await stabilise(node, ...classic)
  await classic[0]!.commit(5n, 't', 0)
  await classic[0]!.commit(6n, 't', 0)
  const emptied = new ClassicClient(node, 'emptied')
  await stabilise(node, emptied)
  await emptied.commit(7n, 't', 3)
  await emptied.leave()
  const consumers = [
    new ConsumerClient(node, 'consumers', 'a'),
    new ConsumerClient(node, 'consumers', 'b', { subscribedTopicRegex: 't.*' }),
  ]
  for (const consumer of consumers) await consumer.join()
  await settle(node, ...consumers)
  await consumers[0]!.commit(consumers[0]!.owned[0]!, 9n)
  const moving = [new ConsumerClient(node, 'moving', 'a', { instanceId: 'x' }), new ConsumerClient(node, 'moving', 'b')]
  for (const consumer of moving) await consumer.join()
  await moving[0]!.beat()
  return node
}

test('a restart changes nothing that clients can see', async () => {
  const node = await busyNode()
  const before = await picture(node)
  expect(before.groups.map(({ groupState }) => groupState)).toEqual(['Stable', 'Stable', 'Empty', 'Reconciling'])
  node.start()
  expect(await picture(node)).toEqual(before)
})

test('nor does compaction before it', async () => {
  const node = await busyNode()
  const before = await picture(node)
  node.stateTopic.compact()
  node.start()
  expect(await picture(node)).toEqual(before)
})

test('nor a restart at any point of the log: what has been read so far always makes sense', async () => {
  const node = await busyNode()
  const all = node.stateTopic.partitions.map((records) => [...records])
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(), { minLength: 3, maxLength: 3 }), async (cuts) => {
      all.forEach((records, index) =>
        node.stateTopic.partitions[index]!.splice(
          0,
          Infinity,
          ...records.slice(0, cuts[index]! % (records.length + 1)),
        ),
      )
      node.start()
      await picture(node)
    }),
    { numRuns: 50 },
  )
})

test('members that were there are waited for, and go on where they were', async () => {
  const node = new GroupNode()
  node.addTopic('t', 4)
  const [a, b] = [new ClassicClient(node, 'g'), new ClassicClient(node, 'g')]
  await stabilise(node, a, b)
  node.start()
  expect([await a.heartbeat(), await b.heartbeat()]).toEqual(['NONE', 'NONE'])
  expect(await a.commit(1n)).toBe('NONE')
  node.clock.advance(10_000)
  expect(await a.heartbeat()).toBe('UNKNOWN_MEMBER_ID')
})

test('a group that is larger than it may be now gets smaller', async () => {
  const node = new GroupNode()
  const [a, b] = [new ClassicClient(node, 'g'), new ClassicClient(node, 'g')]
  await stabilise(node, a, b)
  Object.assign(node.settings, { maxSize: 1 })
  node.start()
  expect(await a.heartbeat()).toBe('REBALANCE_IN_PROGRESS')
  const joined = [a.join(), b.join()]
  expect(await joined[1]).toBe('GROUP_MAX_SIZE_REACHED')
  expect(await joined[0]).toBe('NONE')
})

describe('records of others', () => {
  test('are left to them', async () => {
    const node = await busyNode()
    node.stateTopic.ledElsewhere = new Set([0, 1, 2])
    node.start()
    expect((await node.send(ListGroups, {})).groups).toEqual([])
  })

  test('and deleting the state topic forgets everything', async () => {
    const node = await busyNode()
    node.stateTopic.remove()
    node.coordinator.onTopicDeleted('__consumer_offsets')
    expect((await node.send(ListGroups, {})).groups).toEqual([])
  })
})
