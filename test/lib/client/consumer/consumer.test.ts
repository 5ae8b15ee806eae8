import { describe, expect, it } from 'vitest'
import { topicsLike } from '../../../../src/lib/client/consumer/index.ts'
import { EnvironmentError, UserError } from '../../../../src/lib/errors.ts'
import { Fetch } from '../../../../src/lib/protocol/apis/fetch.ts'
import { FakeCluster } from './fake-cluster.ts'
import { keepTime, openReading } from './reading.ts'

describe('a consumer without a group', () => {
  it('ends when nothing has come by the deadline', async () => {
    const { consumer, clock } = openReading(new FakeCluster().addTopic('t'))
    const stop = keepTime(clock)
    const startedAt = clock.now()
    expect(await consumer.next(startedAt + 2000)).toBeUndefined()
    expect(clock.now() - startedAt).toBe(2000)
    stop()
  })

  it('hands out what is there before it looks at the deadline', async () => {
    const { consumer, clock } = openReading(new FakeCluster().addTopic('t').append('t', 0, ['a']))
    expect(await consumer.next()).toBeDefined()
    await new Promise(setImmediate)
    expect(await consumer.next(clock.now() - 1)).toBeUndefined()
  })

  it('ends at once when stopped, also while it waits', async () => {
    const { consumer } = openReading(new FakeCluster().addTopic('t'))
    const waiting = consumer.next()
    await new Promise(setImmediate)
    consumer.stop()
    expect(await waiting).toBeUndefined()
    expect(await consumer.next()).toBeUndefined()
  })

  it('throws what goes wrong in the background', async () => {
    const cluster = new FakeCluster().addTopic('t')
    cluster.on(Fetch, () => {
      throw new UserError('broken')
    })
    await expect(openReading(cluster).consumer.next()).rejects.toThrow('broken')
  })

  it('reads a topic from its first record when it appears only later, even with latest', async () => {
    const cluster = new FakeCluster()
    const { readUntil, notices } = openReading(cluster, { properties: { 'auto.offset.reset': 'latest' } })
    const reading = readUntil(1)
    while (notices.length === 0) await new Promise(setImmediate)
    cluster.addTopic('t').append('t', 0, ['a'])
    expect(await reading).toEqual(['0:0 a'])
    expect(notices).toEqual(['Topic "t" does not exist yet; waiting for it'])
  })

  it('needs a place to begin with auto.offset.reset=none', async () => {
    const { consumer } = openReading(new FakeCluster().addTopic('t'), { properties: { 'auto.offset.reset': 'none' } })
    await expect(consumer.next()).rejects.toMatchObject({ code: 'OFFSET_OUT_OF_RANGE' })
  })

  it('reads the topics that fit a pattern, those to come as well, and leaves Kafka\'s own out', async () => {
    const cluster = new FakeCluster().addTopic('web-a').append('web-a', 0, ['1']).addTopic('other').append('other', 0, ['no'])
      .addTopic('web-internal', 1, true).append('web-internal', 0, ['no'])
    const { readUntil } = openReading(cluster, { subscription: topicsLike(/^web-.*$/, true) })
    expect(await readUntil(1)).toEqual(['web-a-0:0 1'])
    cluster.addTopic('web-b').append('web-b', 0, ['2'])
    expect(await readUntil(2)).toEqual(['web-a-0:0 1', 'web-b-0:0 2'])
    expect(topicsLike(/^web-.*$/, false).matches({ name: 'web-internal', isInternal: true })).toBe(true)
  })

  it('says nothing of connections that break off at its end', async () => {
    const cluster = new FakeCluster().addTopic('t')
    let breakOff = (_error: Error): void => {}
    cluster.on(Fetch, () => new Promise((_resolve, reject) => (breakOff = reject)))
    const { consumer, notices } = openReading(cluster)
    const waiting = consumer.next()
    while (cluster.requests(Fetch).length === 0) await new Promise(setImmediate)
    await consumer.close(true)
    breakOff(new EnvironmentError('closed'))
    await new Promise(setImmediate)
    expect(await waiting).toBeUndefined()
    expect(notices).toEqual([])
  })
})
