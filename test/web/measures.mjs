// Figures of the page: what the benchmark writes down, and the soak and the suite look at.
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { protocol } from '../support/protocol.mjs'
import { memoryOf, sample } from '../support/resources.mjs'
import { createTopics, produce, Wire } from '../support/wire.mjs'
import { at, openPage } from './stage.mjs'

const dist = fileURLToPath(new URL('../../dist/web/', import.meta.url))
const portOf = (server) => Number(server.replace(/.*:/, ''))
const quantile = (values, share) => [...values].sort((a, b) => a - b)[Math.floor((values.length - 1) * share)]

/** What a browser loads: bytes over the wire, compressed, and as they are. */
export function pageSize() {
  const files = readdirSync(dist).filter((name) => !name.endsWith('.gz') && name !== 'manifest.json')
  const sum = (sizeOf) => files.reduce((total, name) => total + sizeOf(join(dist, name)), 0)
  return {
    gzip: sum((path) => gzipSync(readFileSync(path), { level: 9 }).length),
    raw: sum((path) => statSync(path).size),
  }
}

/** From the command to its link, and to the facts of the cluster in the browser. */
export async function start(browser, stage, server) {
  const context = await browser.newContext()
  const page = await context.newPage()
  const { found: url, ms: linkMs, child } = await stage.startPage(server)
  const began = performance.now()
  await page.goto(url)
  await page.locator('main table').first().waitFor()
  const shownMs = linkMs + performance.now() - began
  await context.close()
  await delay(3000)
  const idle = memoryOf(child.pid)
  await stage.stop(child)
  return { linkMs, shownMs, idle }
}

/** Many topics and groups: milliseconds to a list that can be used, and to a key in its filter; rows in the DOM. */
export async function longLists(browser, stage, { topics, partitions, groups }) {
  const names = Array.from({ length: topics }, (_, index) => `topic-${String(index).padStart(5, '0')}`)
  const { found: server, child: broker } = await stage.startBroker()
  const wire = await Wire.open(portOf(server))
  // Kafka makes no more than 10,000 partitions at a request.
  for (let at = 0; at < topics; at += 1000)
    await createTopics(
      wire,
      names.slice(at, at + 1000).map((name) => ({ name, numPartitions: partitions })),
    )
  wire.close()
  const plan = join(stage.folder, 'groups.csv')
  writeFileSync(plan, Array.from({ length: groups }, (_, index) => `group-${index},${names[0]},0,0\n`).join(''))
  const reset = ['groups', '-b', server, '--reset-offsets', '--from-file', plan, '--new-group', '--execute']
  await stage.run(reset)
  const { found: url, child } = await stage.startPage(server)
  const page = await openPage(browser, url)
  const shown = { topics: await list(page, 'Topics', 'topic-09'), groups: await list(page, 'Groups', 'group-99') }
  await page.context().close()
  await stage.stop(child)
  await stage.stop(broker)
  return shown
}

async function list(page, section, typed) {
  const began = performance.now()
  await page.getByRole('link', { name: section, exact: true }).click()
  await page.locator('tbody .row-link').first().waitFor()
  const listMs = performance.now() - began
  const rows = await page.locator('tbody tr').count()
  await page.keyboard.press('/')
  const keys = []
  for (const key of typed) {
    // From the key to the frame that shows what it did.
    await page.evaluate(() => {
      addEventListener(
        'keydown',
        ({ timeStamp }) =>
          requestAnimationFrame(() => setTimeout(() => (globalThis.keyMs = performance.now() - timeStamp))),
        { once: true },
      )
    })
    await page.keyboard.press(key)
    await page.waitForFunction(() => globalThis.keyMs !== undefined)
    keys.push(await page.evaluate(() => [globalThis.keyMs, delete globalThis.keyMs][0]))
  }
  return { listMs, rows, keyMs: Math.max(...keys) }
}

/** Milliseconds from the acknowledgement of a record to its text in the live view. */
export async function ackToScreen(browser, url, { server, topic, count }) {
  const page = await openPage(browser, url)
  await page.goto(at(url, `topics/${topic}?from=live`))
  await page.getByText('Live: records are shown').waitFor()
  await page.evaluate(() => {
    const seen = (globalThis.seenMs = {})
    new MutationObserver(() => {
      const text = document.querySelector('tbody')?.textContent ?? ''
      for (const [, mark] of text.matchAll(/mark-(\d+)-/g)) seen[mark] ??= performance.timeOrigin + performance.now()
    }).observe(document.body, { subtree: true, childList: true, characterData: true })
  })
  const wire = await Wire.open(portOf(server))
  const acknowledged = []
  for (let mark = 0; mark < count; mark += 1) {
    const value = Buffer.from(`mark-${mark}-`)
    const records = protocol.buildBatch([{ timestamp: BigInt(Date.now()), key: null, value }])
    await produce(wire, { topic, partition: 0, records })
    acknowledged.push(performance.timeOrigin + performance.now())
    await delay(20)
  }
  wire.close()
  await page.waitForFunction((wanted) => Object.keys(globalThis.seenMs).length === wanted, count)
  const seen = await page.evaluate(() => globalThis.seenMs)
  await page.context().close()
  const waits = acknowledged.map((ackMs, mark) => Math.max(0, seen[mark] - ackMs))
  return { p50: quantile(waits, 0.5), p99: quantile(waits, 0.99) }
}

/** The longest task of the main thread while records are written at full rate; 0 where none took 50 ms. */
export async function longestTask(browser, stage, url, { server, topic, perSecond, seconds }) {
  const page = await openPage(browser, url)
  await page.goto(at(url, `topics/${topic}?from=live`))
  await page.getByText('Live: records are shown').waitFor()
  await page.evaluate(() => {
    globalThis.tasks = [0]
    new PerformanceObserver((entries) =>
      globalThis.tasks.push(...entries.getEntries().map(({ duration }) => duration)),
    ).observe({ entryTypes: ['longtask'] })
  })
  await stage.run(load(server, topic, perSecond, seconds), '', seconds * 4)
  const tasks = await page.evaluate(() => globalThis.tasks)
  const passed = await page.getByText(/earlier ones are not shown/).textContent()
  await page.context().close()
  return { longestMs: Math.max(...tasks), passed }
}

const load = (server, topic, perSecond, seconds) => [
  ...['perf', 'produce', topic, '-b', server, '--record-size', '100'],
  ...['--throughput', String(perSecond), '-n', String(perSecond * seconds)],
]

/** A search that finds nothing, to its end: records a second, the longest silence, memory; and how soon one stops. */
export async function wholeSearch(stage, server, topic) {
  const { found: url, child } = await stage.startPage(server, ['--no-token'])
  const search = (signal) => fetch(at(url, `api/topics/${topic}/search?from=oldest&filter=no+such+text`), { signal })
  const watch = sample(child.pid, 200)
  const began = performance.now()
  let [last, silenceMs, end] = [began, 0, undefined]
  for await (const { event, data } of events((await search()).body)) {
    if (event === 'progress') {
      silenceMs = Math.max(silenceMs, performance.now() - last)
      last = performance.now()
    }
    if (event === 'end') end = data
  }
  const seconds = (performance.now() - began) / 1000
  const memory = halves(watch.stop().map((each) => each.memory))
  const stopMs = await stopOf(child.pid, search)
  await stage.stop(child)
  return { perSecond: Number(end.scanned) / seconds, scanned: Number(end.scanned), silenceMs, stopMs, ...memory }
}

/** How long after its reader has gone the server is at rest. */
async function stopOf(pid, search) {
  const gone = new AbortController()
  const { body } = await search(gone.signal)
  for await (const { event } of events(body)) if (event === 'progress') break
  gone.abort()
  const began = performance.now()
  for (let before = cpuTicks(pid), quiet = began; ; ) {
    await delay(20)
    const now = cpuTicks(pid)
    if (now !== before) [before, quiet] = [now, performance.now()]
    else if (performance.now() - quiet > 200) return quiet - began
  }
}

/** Of the processor, in hundredths of a second: fields 14 and 15 of proc(5)'s stat. */
function cpuTicks(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1).split(' ')
  return Number(fields[11]) + Number(fields[12])
}

/** Memory of the server under four tails at 10,000 records a second: the most in each half, and before it. */
export async function tailsForLong(stage, server, topic, minutes) {
  const { found: url, child } = await stage.startPage(server, ['--no-token'])
  await delay(3000)
  const idle = memoryOf(child.pid)
  const gone = new AbortController()
  const counts = Array.from({ length: 4 }, () => 0)
  const tails = counts.map(async (_, tail) => {
    const { body } = await fetch(at(url, `api/topics/${topic}/tail`), { signal: gone.signal })
    for await (const { event, data } of events(body))
      if (event === 'records') counts[tail] += data.records.length + data.passed
  })
  const ended = Promise.allSettled(tails)
  const watch = sample(child.pid, 500)
  await stage.run(load(server, topic, 10_000, minutes * 60), '', minutes * 240)
  await delay(1000)
  const memory = halves(watch.stop().map((each) => each.memory))
  gone.abort()
  await ended
  await stage.stop(child)
  return { idle, counts, written: minutes * 600_000, ...memory }
}

const halves = (values) => {
  const half = Math.floor(values.length / 2)
  const most = (part) => part.reduce((high, value) => Math.max(high, value), 0)
  return { firstHalf: most(values.slice(0, half)), secondHalf: most(values.slice(half)) }
}

/** Server-sent events of a body. */
async function* events(body) {
  let rest = ''
  for await (const chunk of body.pipeThrough(new TextDecoderStream())) {
    const pieces = (rest + chunk).split('\n\n')
    rest = pieces.pop()
    for (const piece of pieces) {
      const field = (name) => new RegExp(`^${name}: (.*)$`, 'm').exec(piece)?.[1]
      yield { event: field('event'), data: JSON.parse(field('data')) }
    }
  }
}
