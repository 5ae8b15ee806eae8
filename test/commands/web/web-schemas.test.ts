import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { CheckOutcome, RecordView, SubjectView, VersionView } from '../../../src/lib/web/wire.ts'
import { startBroker, type RunningBroker } from '../../../src/library/index.ts'
import { asWritten, documentOf, schemaOf } from '../../../src/web/pages/topic/document.ts'
import { openPageOf, type Browser } from './browser.ts'

const FIRST = '{"type":"record","name":"Sale","fields":[{"name":"id","type":"long"}]}'
const SECOND = FIRST.replace('}]', '},{"name":"shop","type":"string","default":"web"}]')
const UNFIT = FIRST.replace('}]', '},{"name":"till","type":"string"}]')
const avro = (text: string): object => ({ type: 'AVRO', text })

let broker: RunningBroker
let page: Browser
beforeAll(async () => {
  broker = await startBroker({ schemaRegistry: true, topics: ['sales'] })
  page = await open()
})
afterAll(async () => {
  await page.close()
  await broker.stop()
})

const open = (...args: string[]): Promise<Browser> =>
  openPageOf(broker.bootstrapServers, ['--schema-registry', broker.schemaRegistryUrl!, ...args])

describe('schemas on the page', () => {
  it('are registered when they are compatible, and listed with their versions', async () => {
    expect(await page.get('/session')).toMatchObject({ schemaRegistry: expect.stringContaining('http://localhost:') })
    expect(await page.post('/schemas/sales-value/versions', avro(FIRST))).toEqual({ id: 1 })
    expect(await page.post<CheckOutcome>('/schemas/sales-value/check', avro(UNFIT))).toMatchObject({
      isCompatible: false,
      reasons: expect.arrayContaining([expect.stringContaining("The field 'till'")]),
    })
    const refused = await page.fetch('/schemas/sales-value/versions', {
      method: 'POST',
      body: JSON.stringify(avro(UNFIT)),
    })
    expect(refused.status).toBe(409)
    expect(await page.post('/schemas/sales-value/check', avro(SECOND))).toMatchObject({ isCompatible: true })
    expect(await page.post('/schemas/sales-value/versions', avro(SECOND))).toEqual({ id: 2 })
    expect(await page.get('/schemas')).toEqual({ subjects: ['sales-value'], level: 'BACKWARD' })
    expect(await page.get('/schema-versions?subject=sales-value&subject=gone')).toEqual([
      { subject: 'sales-value', version: 2, id: 2, type: 'AVRO' },
    ])
    expect(await page.get<SubjectView>('/schemas/sales-value')).toMatchObject({ level: 'BACKWARD', versions: [1, 2] })
    expect(await page.get<VersionView>('/schemas/sales-value/versions/1')).toMatchObject({ id: 1, text: FIRST })
    expect((await page.fetch('/schemas/none')).status).toBe(404)
  })

  it('decode the records that name them, in full and in lists, and say why where they cannot', async () => {
    const bytes = [
      Buffer.from([0, 0, 0, 0, 1, 0xfe, ...Array<number>(8).fill(0xff), 1]),
      Buffer.from([0, 0, 0, 0, 1]),
      Buffer.from([0, 0, 0, 0, 9, 2]),
      Buffer.from('plain'),
    ]
    const lines = bytes.map((value) => `${JSON.stringify({ value: { base64: value.toString('base64') } })}\n`)
    const outcome = await page.act('produce', { topic: 'sales', lines: lines.join('') })
    expect(outcome).toMatchObject({ exitCode: 0 })
    const events = await page.events('/topics/sales/search?from=oldest', (name) => name === 'end')
    const records = events.flatMap(({ data }) => (data as { records?: RecordView[] }).records ?? [])
    expect(records.map(({ value }) => value)).toMatchObject([
      { text: '{"id":9223372036854775807}', schema: '1', base64: bytes[0]!.toString('base64'), size: 15 },
      { size: 5, reason: expect.stringContaining('schema 1') },
      { size: 6, reason: 'the registry has no schema 9' },
      { text: 'plain', size: 5 },
    ])
    expect(records[3]!.value).not.toHaveProperty('reason')
    const one = await page.get<RecordView>('/topics/sales/partitions/0/records/0')
    expect(one.value).toMatchObject({ text: '{"id":9223372036854775807}' })
    const tailed = await page.events('/topics/sales/tail?after=0=0', (name) => name === 'records')
    expect((tailed.at(-1)!.data as { records: RecordView[] }).records[0]!.value).toMatchObject({ schema: '1' })
  })

  it('have what is looked for found in what they decode', async () => {
    const found = async (filter: string): Promise<(string | undefined)[]> => {
      const query = `from=oldest&filter=${encodeURIComponent(filter)}`
      const events = await page.events(`/topics/sales/search?${query}`, (name) => name === 'end')
      const records = events.flatMap(({ data }) => (data as { records?: RecordView[] }).records ?? [])
      return records.map(({ offset }) => offset)
    }
    expect(await found('9223372036854775807')).toEqual(['0'])
    expect(await found('id = 9223372036854775807')).toEqual(['0'])
    expect(await found('/"id":9\\d+7/')).toEqual(['0'])
    expect(await found('plain')).toEqual(['3'])
    const file = await page.fetch('/topics/sales/download?from=oldest&filter=id%20%3E%201')
    expect((await file.text()).trim().split('\n')).toHaveLength(1)
    const tailed = await page.events('/topics/sales/tail?after=0=0&filter=id%20%3E%201', (name) => name === 'records')
    expect((tailed.at(-1)!.data as { records: RecordView[] }).records).toMatchObject([{ offset: '0' }])
  })

  it('encode what is written again, and are no business of other actions', async () => {
    const [key, value] = ['"k"', '{"id":9223372036854775806}'].map((text) => ({ text, size: 0 }))
    const line = documentOf({
      key: { text: asWritten(key!), schema: schemaOf(key!) },
      value: { text: asWritten(value!), schema: schemaOf({ ...value!, schema: '1' }) },
      headers: [],
      partition: '',
    })
    expect(await page.act('topic create', { topic: 'again' })).toMatchObject({
      exitCode: 0,
    })
    expect(await page.act('produce', { topic: 'again', lines: `${line}\n` })).toMatchObject({ exitCode: 0 })
    const one = await page.get<RecordView>('/topics/again/partitions/0/records/0')
    expect(one).toMatchObject({ key: { text: '"k"' }, value: { text: '{"id":9223372036854775806}', schema: '1' } })
  })

  it('are not registered by a page that is read-only, nor shown where values are hidden', async () => {
    const shy = await open('--read-only', '--hide-values')
    expect(await shy.post('/schemas/sales-value/versions', avro(FIRST))).toMatchObject({
      error: 'this page is read-only: nothing is changed',
    })
    const one = await shy.get<RecordView>('/topics/sales/partitions/0/records/0')
    expect(one.value).toEqual({ size: 15, isHidden: true })
    await shy.close()
  })

  it('that are none, or of no known type, are bad input', async () => {
    for (const body of [{ type: 'XML', text: '<a/>' }, { type: 'AVRO', text: ' ' }, { type: 'JSON' }, null])
      expect((await page.fetch('/schemas/x/versions', { method: 'POST', body: JSON.stringify(body) })).status).toBe(400)
    const unread = await page.fetch('/schemas/x/versions', { method: 'POST', body: JSON.stringify(avro('{"type":')) })
    expect(unread.status).toBe(422)
  })

  it('are not there where no registry is configured', async () => {
    const bare = await openPageOf(broker.bootstrapServers)
    expect(await bare.get('/session')).toMatchObject({ schemaRegistry: null })
    expect((await bare.fetch('/schemas')).status).toBe(400)
    await bare.close()
  })
})
