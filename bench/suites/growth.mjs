// How the bundled broker grows: with partitions, clients, and the size of records. Linear or better, drawn in
// growth.svg.
import { mkdtempSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { startBundledBroker } from '../../test/support/bundled-broker.mjs'
import { drawCharts } from '../chart.mjs'
import { median, timeOnce } from '../measure.mjs'

export async function run(bench) {
  const { quick } = bench
  const charts = [
    await measure(bench, {
      title: 'Creating and describing partitions',
      unit: 'partitions',
      steps: quick ? [10, 100, 1000] : [10, 100, 1000, 10_000],
      once: createPartitions,
    }),
    await measure(bench, {
      title: 'Producing 64,000 records of 1 kB a client',
      unit: 'clients',
      steps: quick ? [1, 4] : [1, 4, 16, 64],
      once: runClients,
    }),
    await measure(bench, {
      title: 'Producing 64 MB in records of',
      unit: 'bytes a record',
      steps: quick ? [100, 10_000] : [10, 100, 1000, 10_000, 100_000, 1_000_000],
      once: produceSizes,
      isFlat: true,
    }),
  ]
  if (!quick) writeFileSync(new URL('../growth.svg', import.meta.url), drawCharts(charts))
}

/**
 * Seconds at each step, the median of three runs; the last step may cost no more per unit than 1.5 times what the one
 * before cost.
 */
async function measure(bench, { title, unit, steps, once, isFlat = false }) {
  const points = []
  for (const step of steps) {
    const seconds = []
    for (let run = 0; run < (bench.quick ? 1 : 3); run += 1) seconds.push((await once(bench, step)).wall)
    points.push({ x: step, y: median(seconds) })
  }
  const [before, last] = points.slice(-2)
  const growth = isFlat ? last.y / before.y : last.y / last.x / (before.y / before.x)
  bench.figure({
    name: `growth: ${title} (${unit})`,
    goal: isFlat ? 'no slower with size' : 'linear or better',
    figure: points.map(({ x, y }) => `${x.toLocaleString('en')}: ${y.toFixed(2)} s`).join(', '),
    isMet: growth <= 1.5,
  })
  return { title, unit, points }
}

/** In a folder of its own, which stays: file systems are slow to make files where many have just been removed. */
async function createPartitions({ kts, folder }, partitions) {
  const broker = await startBundledBroker({}, { dataDir: mkdtempSync(join(folder, 'growth-')) })
  const topics = `${kts} topics -b ${broker.bootstrap} --topic growth`
  const figure = await timeOnce(`${topics} --create --partitions ${partitions} && ${topics} --describe`)
  await broker.stop()
  return figure
}

async function runClients(bench, clients) {
  const { kts, bundled, folder, quick } = bench
  const input = `${folder}/kilobytes`
  const records = Math.floor((quick ? 16_000 : 64_000) / 16)
  bench.sh(`head -c ${records * 750} /dev/urandom | base64 -w 999 > ${input}`)
  const topic = bench.newTopic(bundled, { partitions: 16 })
  return await timeOnce(
    `for i in $(seq ${clients}); do ${kts} produce -b ${bundled.server} -t ${topic} --input-file ${input} & done; wait`,
  )
}

async function produceSizes(bench, size) {
  const { kts, bundled, folder, quick } = bench
  const input = `${folder}/records-${size}`
  const total = quick ? 8e6 : 64e6
  bench.sh(`head -c ${Math.floor(total * 0.75)} /dev/urandom | base64 -w ${size} > ${input}`)
  const topic = bench.newTopic(bundled, { config: '--config max.message.bytes=4000000' })
  return await timeOnce(
    `${kts} produce -b ${bundled.server} -t ${topic} --input-file ${input} --producer-property max.request.size=4000000`,
  )
}
