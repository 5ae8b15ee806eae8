import { afterEach, describe, expect, it } from 'vitest'
import { profileAdd } from '../../../src/commands/profile/index.ts'
import { startBroker, type RunningBroker } from '../../../src/lib/broker/index.ts'
import type { RecordView, SearchEvents } from '../../../src/lib/web/wire.ts'
import { createContext } from '../../support/context.ts'
import { temporaryFolder } from '../../support/kts.ts'
import { startCommand } from '../../support/run-command.ts'
import { shareBroker } from '../../support/shared-broker.ts'
import { openPageOf as open, type Browser } from './browser.ts'

const broker = shareBroker()

const ends: (() => Promise<unknown>)[] = []
afterEach(() => Promise.all(ends.splice(0).map((end) => end())))

const openPage = (...args: string[]): Promise<Browser> => openPageOf(broker.bootstrapServers, args)

async function openPageOf(...args: Parameters<typeof open>): Promise<Browser> {
  const page = await open(...args)
  ends.push(page.close)
  return page
}

const found = (events: Awaited<ReturnType<Browser['events']>>): RecordView[] =>
  events.filter(({ name }) => name === 'records').flatMap(({ data }) => (data as { records: RecordView[] }).records)

async function search(
  page: Browser,
  topic: string,
  query: string,
): Promise<{ records: RecordView[]; end: SearchEvents['end'] }> {
  const events = await page.events(`/topics/${topic}/search?${query}`, (name) => name === 'end' || name === 'problem')
  return { records: found(events), end: events.at(-1)!.data }
}

const write = (topic: string, ...values: (string | Buffer)[]): Promise<unknown> =>
  broker.write(
    topic,
    0,
    values.map((value, index) => ({ timestamp: 1000n + BigInt(index), key: null, value: Buffer.from(value) })),
  )

describe('kts web', () => {
  it('shows the cluster, its topics and what is in them', async () => {
    const topic = await broker.newTopic({ numPartitions: 3 })
    await write(topic, 'a', 'b')
    const page = await openPage()
    expect(await page.get('/session')).toMatchObject({ profile: null, isReadOnly: false, hidesValues: false })
    expect(await page.get('/cluster')).toMatchObject({ brokers: [{ isController: true }], offline: 0 })
    const lines = await page.get<{ topic: string }[]>('/topics')
    expect(lines.find((line) => line.topic === topic)).toMatchObject({ partitions: 3, replicationFactor: 1 })
    expect(await page.get(`/topic-counts?topic=${topic}`)).toMatchObject([{ topic, records: '2' }])
    expect(await page.get(`/topics/${topic}`)).toMatchObject({
      partitions: [{ startOffset: '0', endOffset: '2' }, { endOffset: '0' }, { endOffset: '0' }],
    })
    const configs = await page.get<{ name: string; value: string }[]>(`/topics/${topic}/configs`)
    expect(configs.find(({ name }) => name === 'cleanup.policy')).toMatchObject({
      value: 'delete',
      source: 'DEFAULT_CONFIG',
    })
    expect((await page.fetch('/topics/none')).status).toBe(404)
  })

  it('hands on text as it is: numbers, odd characters, bytes that are none', async () => {
    const topic = await broker.newTopic({ numPartitions: 1 })
    const texts = ['{"n":9223372036854775807,"x":1e400,"z":-0}', '{"a":1,"a":2}', '\u0000\u202e</script>', '"\\ud800"']
    await write(topic, ...texts, Buffer.from([0xff, 0xfe]))
    const page = await openPage()
    const { records } = await search(page, topic, 'from=oldest')
    expect(records.map(({ value }) => value)).toEqual([
      ...texts.map((text) => ({ text, size: Buffer.byteLength(text) })),
      { base64: '//4=', size: 2 },
    ])
  })

  it('searches from either end, page by page, nothing twice and nothing left out', async () => {
    const topic = await broker.newTopic({ numPartitions: 2 })
    const values = Array.from({ length: 250 }, (_, index) => `{"n":${index}}`)
    await write(topic, ...values.slice(0, 200))
    await broker.write(
      topic,
      1,
      values
        .slice(200)
        .map((value, index) => ({ timestamp: 1000n + 4n * BigInt(index), key: null, value: Buffer.from(value) })),
    )
    const page = await openPage()
    for (const from of ['newest', 'oldest']) {
      const seen: string[] = []
      let place: string | null = from
      while (place !== null) {
        const { records, end }: Awaited<ReturnType<typeof search>> = await search(page, topic, `from=${place}&limit=30`)
        seen.push(...records.map(({ value }) => value!.text!))
        expect(BigInt(end.scanned)).toBeLessThanOrEqual(BigInt(end.total))
        place = end.next
      }
      expect([...seen].sort()).toEqual([...values].sort())
    }
    expect((await search(page, topic, 'from=newest&filter=n%20%3D%20249')).records).toMatchObject([
      { partition: 1, offset: '49' },
    ])
    expect((await search(page, topic, 'from=offset:199&partition=0')).records).toMatchObject([{ offset: '199' }])
    expect(await (await page.fetch(`/topics/${topic}/search?filter=/(/`)).json()).toMatchObject({ error: /regular/ })
  })

  it('shows records as they are written, and goes on where it stopped', async () => {
    const topic = await broker.newTopic({ numPartitions: 1 })
    await write(topic, 'old')
    const page = await openPage()
    const first = page.events(`/topics/${topic}/tail`, (name) => {
      if (name === 'ready') void write(topic, 'new', 'newer')
      return name === 'records'
    })
    const events = await first
    expect(found(events).map(({ value }) => value!.text)).toEqual(['new', 'newer'])
    await write(topic, 'meanwhile')
    const again = await page.events(`/topics/${topic}/tail?after=${events.at(-1)!.id}`, (name) => name === 'records')
    expect(found(again).map(({ value }) => value!.text)).toEqual(['meanwhile'])
  })

  it('says that the cluster is away, and when it is back; what was written then is shown', async () => {
    const folder = temporaryFolder()
    ends.push(async () => folder.remove())
    const first = await startBroker({ dataDir: folder.path, topics: ['kept'] })
    const page = await openPageOf(first.bootstrapServers)
    let stopped = Promise.resolve()
    const again: Promise<RunningBroker>[] = []
    const events = await page.events('/topics/kept/tail', (name, data) => {
      if (name === 'ready') stopped = first.stop()
      if (name === 'waiting' && again.length === 0)
        again.push(stopped.then(() => startBroker({ dataDir: folder.path, port: first.port })))
      if (name === 'resumed') void page.act('produce', { topic: 'kept', lines: '{"value":"after"}\n' })
      return name === 'records' && (data as { records: unknown[] }).records.length > 0
    })
    // Why it waits may change meanwhile.
    expect([...new Set(events.map(({ name }) => name))]).toEqual(['ready', 'waiting', 'resumed', 'records'])
    expect(found(events)).toMatchObject([{ offset: '0', value: { text: 'after' } }])
    await (await again[0])!.stop()
  })

  it('shows the clusters of profiles, by their names alone', async () => {
    const folder = temporaryFolder()
    ends.push(async () => folder.remove())
    const env = { XDG_CONFIG_HOME: folder.path }
    const other = await startBroker({ topics: ['of-the-other'] })
    ends.push(() => other.stop())
    for (const [name, server] of [
      ['here', broker.bootstrapServers],
      ['there', other.bootstrapServers],
    ] as const)
      await startCommand(profileAdd, [name, '-b', server], createContext({ env }).context)
    const page = await openPageOf(broker.bootstrapServers, [], env)
    expect(await page.get('/session')).toMatchObject({ profile: null, profiles: ['here', 'there'] })
    expect(await page.get('/session?profile=there')).toMatchObject({
      profile: 'there',
      bootstrapServers: other.bootstrapServers,
      connectionWords: ['--profile', 'there'],
    })
    expect(await page.get('/topics?profile=there')).toMatchObject([{ topic: 'of-the-other' }])
    const unknown = await page.fetch('/topics?profile=nowhere')
    expect([unknown.status, await unknown.text()]).toEqual([400, expect.stringContaining('nowhere')])
  })

  it('gives a large record in part, and whole as a file, byte for byte', async () => {
    const topic = await broker.newTopic({ numPartitions: 1 })
    const value = Buffer.from(`${'ä'.repeat(400_000)}`)
    await write(topic, value)
    const page = await openPage()
    const record = await page.get<RecordView>(`/topics/${topic}/partitions/0/records/0`)
    expect(record.value).toMatchObject({ size: value.length, isCut: true, text: 'ä'.repeat(32 * 1024) })
    const file = await page.fetch(`/topics/${topic}/partitions/0/records/0/value`)
    expect(file.headers.get('content-disposition')).toMatch(/^attachment/)
    expect(Buffer.from(await file.arrayBuffer()).equals(value)).toBe(true)
    expect((await page.fetch(`/topics/${topic}/partitions/0/records/7`)).status).toBe(409)
  })

  it('does what commands do, by their command lines', async () => {
    const page = await openPage()
    const topic = `web-${process.pid}`
    expect(
      await page.act('topic create', { topic, partitions: 2, configs: { 'segment.bytes': '1048576' } }),
    ).toMatchObject({ exitCode: 0 })
    expect(await page.act('topic set', { topic, name: 'cleanup.policy', value: 'compact,delete' })).toMatchObject({
      exitCode: 0,
    })
    const configs = await page.get<{ name: string; value: string }[]>(`/topics/${topic}/configs`)
    expect(configs.find(({ name }) => name === 'cleanup.policy')).toMatchObject({ value: 'compact,delete' })
    expect(await page.act('produce', { topic, lines: '{"key":"k","value":"v"}\n' })).toMatchObject({ exitCode: 0 })
    const broken = await page.act('produce', { topic, lines: '{"key":"l","value":"w"}\nnot json\n' })
    expect([broken.exitCode, broken.messages.join()]).toEqual([1, expect.stringContaining('line 2')])
    expect((await search(page, topic, 'from=oldest')).records).toHaveLength(2)
    const exists = await page.act('topic create', { topic })
    expect([exists.exitCode, exists.messages.join()]).toEqual([1, expect.stringContaining('TOPIC_ALREADY_EXISTS')])
    expect(await page.act('topic delete', { topic })).toMatchObject({ exitCode: 0 })
  })

  it('takes what is typed for a value, and never for an option', async () => {
    const page = await openPage()
    const { exitCode, messages } = await page.act('topic create', { topic: '--command-config=/etc/passwd' })
    expect([exitCode, messages.join()]).toEqual([1, expect.stringContaining('INVALID_TOPIC_EXCEPTION')])
    expect(await page.act('broker stop', {})).toMatchObject({ error: 'there is no such action' })
  })

  it('changes nothing when it is read-only, and shows no values when they are hidden', async () => {
    const topic = await broker.newTopic({ numPartitions: 1 })
    await write(topic, 'secret')
    const page = await openPage('--read-only', '--hide-values')
    expect(await page.act('topic delete', { topic })).toMatchObject({
      error: 'this page is read-only: nothing is changed',
    })
    expect((await page.fetch(`/topics/${topic}`)).status).toBe(200)
    const { records } = await search(page, topic, 'from=oldest')
    expect(records[0]!.value).toEqual({ size: 6, isHidden: true })
    for (const path of ['partitions/0/records/0/value', 'download'])
      expect((await page.fetch(`/topics/${topic}/${path}`)).status).toBe(403)
  })
})
