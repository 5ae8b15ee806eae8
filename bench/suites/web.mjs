// The page of kts web in a browser; left out where there is no chromium.
import { median } from '../measure.mjs'
import * as measures from '../../test/web/measures.mjs'
import { largeRecord } from '../../test/web/records.mjs'
import { chromiumPath, launchBrowser, Stage } from '../../test/web/stage.mjs'

const MIB = 2 ** 20
const ms = (value) => `${value.toFixed(0)} ms`
const mib = (bytes) => `${(bytes / MIB).toFixed(0)} MiB`

export async function run(bench) {
  const { gzip, raw } = measures.pageSize()
  bench.figure({
    name: 'web: what a browser loads',
    goal: '≤ 60 kB gzip, ≤ 180 kB raw',
    figure: `${(gzip / 1000).toFixed(1)} kB gzip, ${(raw / 1000).toFixed(1)} kB raw`,
    isMet: gzip <= 60_000 && raw <= 180_000,
  })
  const stage = new Stage()
  const browser = chromiumPath ? await launchBrowser() : null
  if (!browser) bench.note('the page in a browser is left out: there is no chromium')
  try {
    if (browser) await inBrowser(bench, browser, stage)
    await search(bench, stage)
    await soak(bench, stage)
  } finally {
    await browser?.close()
    await stage.close()
  }
}

async function inBrowser(bench, browser, stage) {
  const { server } = bench.bundled
  await start(bench, browser, stage, server)
  const topic = bench.newTopic(bench.bundled, { partitions: 1 })
  const { found: url, child } = await stage.startPage(server)
  await live(bench, browser, stage, { url, server, topic })
  const largeMs = await largeRecord(browser, stage, url, server)
  bench.figure({
    name: 'web: a record of 20 MB in view',
    goal: '≤ 1 s',
    figure: ms(largeMs),
    isMet: largeMs <= 1000,
  })
  await stage.stop(child)
  await lists(bench, browser, stage)
}

async function start(bench, browser, stage, server) {
  const starts = []
  for (let round = 0; round < bench.runs; round += 1) starts.push(await measures.start(browser, stage, server))
  const of = (name) => median(starts.map((each) => each[name]))
  const [linkMs, shownMs, idle] = [of('linkMs'), of('shownMs'), of('idle')]
  bench.figure({ name: 'web: start to the link', goal: '≤ 200 ms', figure: ms(linkMs), isMet: linkMs <= 200 })
  bench.figure({
    name: 'web: start to the first page, complete',
    goal: '≤ 500 ms',
    figure: ms(shownMs),
    isMet: shownMs <= 500,
  })
  bench.figure({ name: 'web: memory when idle', goal: '≤ 80 MiB', figure: mib(idle), isMet: idle <= 80 * MIB })
}

async function live(bench, browser, stage, { url, server, topic }) {
  const { p50, p99 } = await measures.ackToScreen(browser, url, { server, topic, count: 200 })
  bench.figure({
    name: 'web: from acknowledgement to screen',
    goal: 'p99 ≤ 250 ms',
    figure: `p50 ${ms(p50)}, p99 ${ms(p99)}`,
    isMet: p99 <= 250,
  })
  const seconds = bench.quick ? 15 : 60
  const { longestMs } = await measures.longestTask(browser, stage, url, { server, topic, perSecond: 20_000, seconds })
  bench.figure({
    name: `web: longest task at 20,000 records/s for ${seconds} s`,
    goal: '≤ 200 ms',
    figure: longestMs === 0 ? 'none of 50 ms' : ms(longestMs),
    isMet: longestMs <= 200,
  })
}

async function lists(bench, browser, stage) {
  const shown = await measures.longLists(browser, stage, { topics: 10_000, partitions: 3, groups: 1000 })
  for (const [name, { listMs, keyMs, rows }] of Object.entries(shown))
    bench.figure({
      name: `web: ${name === 'topics' ? '10,000 topics × 3' : '1,000 groups'}`,
      goal: 'listed ≤ 1 s, a key ≤ 50 ms, ≤ 80 rows',
      figure: `listed in ${ms(listMs)}, a key ${ms(keyMs)}, ${rows} rows`,
      isMet: listMs <= 1000 && keyMs <= 50 && rows <= 80,
    })
}

async function search(bench, stage) {
  const { server } = bench.bundled
  const records = 10_000_000
  const topic = bench.newTopic(bench.bundled, { partitions: 3 })
  bench.sh(`${bench.kts} perf produce ${topic} -b ${server} -n ${records} --record-size 20`)
  const { perSecond, scanned, silenceMs, stopMs, firstHalf, secondHalf } = await measures.wholeSearch(
    stage,
    server,
    topic,
  )
  bench.figure({
    name: `web: search ${scanned.toLocaleString('en')} records for a text`,
    goal: '≥ 300,000/s, progress every 250 ms, stopped ≤ 200 ms, memory flat',
    figure: `${Math.round(perSecond).toLocaleString('en')}/s, silent for ${ms(silenceMs)} at most, stopped in ${ms(stopMs)}, ${mib(firstHalf)}, then ${mib(secondHalf)}`,
    isMet:
      scanned === records &&
      perSecond >= 300_000 &&
      silenceMs <= 400 &&
      stopMs <= 200 &&
      secondHalf <= 1.05 * firstHalf,
  })
}

async function soak(bench, stage) {
  const minutes = bench.quick ? 1 : 10
  const topic = bench.newTopic(bench.bundled, {
    config: '--config segment.bytes=16777216 --config retention.bytes=67108864',
  })
  const { counts, written, firstHalf, secondHalf } = await measures.tailsForLong(
    stage,
    bench.bundled.server,
    topic,
    minutes,
  )
  bench.figure({
    name: `web: memory under four tails at 10,000 records/s for ${minutes} min`,
    goal: '≤ 150 MiB, second half ≤ 105 % of the first, nothing missed',
    figure: `${mib(firstHalf)}, then ${mib(secondHalf)}; ${counts.map((count) => ((100 * count) / written).toFixed(1)).join(', ')} % received`,
    isMet: secondHalf <= 150 * MIB && secondHalf <= 1.05 * firstHalf && counts.every((count) => count === written),
  })
}
