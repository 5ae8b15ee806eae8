// npm run test:soak [-- --minutes 10]: full speed with retention and compaction on; memory and open files stay where
// they are. Before that, clients that ask and never read.
import { parseArgs } from 'node:util'
import { brokerReady, spawnBundledBroker } from '../support/bundled-broker.mjs'
import { stopProcess } from '../support/processes.mjs'
import { inMiB, sample } from '../support/resources.mjs'
import { Tally } from '../support/tally.mjs'
import { temporaryFolder } from '../support/temporary-folder.mjs'
import { createTopics, Wire } from '../support/wire.mjs'
import { checkStuckClients } from './stuck.mjs'
import { read, write } from './traffic.mjs'
import { lowsOf, riseOf } from './trend.mjs'

const { values } = parseArgs({ options: { minutes: { type: 'string', default: '10' } } })
const minutes = Number(values.minutes)

const SETTINGS = {
  'log.segment.bytes': 16_777_216,
  'log.retention.bytes': 67_108_864,
  'log.retention.check.interval.ms': 2000,
  'log.segment.delete.delay.ms': 1000,
  'log.cleaner.backoff.ms': 1000,
}
const TOPICS = [
  { name: 'soak', numPartitions: 3 },
  { name: 'soak-compacted', configs: { 'cleanup.policy': 'compact,delete', 'min.cleanable.dirty.ratio': 0.1 } },
]
const PLACES = [0, 1, 2]
  .map((partition) => ({ topic: 'soak', partition }))
  .concat({ topic: 'soak-compacted', partition: 0, isCompacted: true })
/** The beginning, in which buffers and caches fill, does not count. */
const WARM_SHARE = 1 / 3
const MOST_MEMORY_RISE = 48 * 2 ** 20
const MOST_FILES_RISE = 20
const REPORT_MS = 30_000

const tally = new Tally()
try {
  await checkStuckClients(tally)
  await soak()
} catch (error) {
  tally.failed('test:soak', error.stack)
}
tally.end()
process.exit()

async function soak() {
  const folder = temporaryFolder('kts-soak-')
  const child = spawnBundledBroker(SETTINGS, { dataDir: folder, stateHome: folder })
  const { port } = await brokerReady(child)
  const setUp = await Wire.open(port)
  await createTopics(setUp, TOPICS)
  setUp.close()
  const counts = { written: 0, read: 0, overtaken: 0 }
  const until = performance.now() + minutes * 60_000
  const isOver = () => performance.now() > until
  const watch = sample(child.pid, 500)
  const report = setInterval(() => describe(counts, watch.samples.at(-1)), REPORT_MS)
  await Promise.all(
    PLACES.flatMap((place) => [write, read].map(async (act) => act(await Wire.open(port), place, counts, isOver))),
  )
  clearInterval(report)
  const samples = watch.stop()
  await judge(counts, samples.slice(Math.floor(samples.length * WARM_SHARE)))
  await stopProcess(child)
}

function describe({ written, read: taken }, { memory, files }) {
  console.log(`      ${written} records written, ${taken} read; ${inMiB(memory)} of memory, ${files} open files`)
}

async function judge({ written, read: taken, overtaken }, samples) {
  const course = (figure) => samples.map(({ atMs, [figure]: y }) => ({ x: atMs, y }))
  // Between two looks of retention there are as many segments as were written meanwhile: what counts is what it leaves
  // open.
  const [memory, files] = [riseOf(course('memory')), riseOf(lowsOf(course('files')))]
  const most = (figure) => Math.max(...samples.map(({ [figure]: value }) => value))
  tally.passed(
    `${minutes} minutes: ${written} records written, ${taken} read in order, ${Math.round(written / minutes / 60)} a second; retention was faster than a reader ${overtaken} times`,
  )
  await tally.check(`memory is flat: ${inMiB(most('memory'))} at most, a rise of ${inMiB(memory)}`, async () => {
    if (memory > MOST_MEMORY_RISE) throw new Error('it grows')
  })
  await tally.check(
    `open files are flat: ${most('files')} at most, a rise of ${files.toFixed(1)} in what retention leaves open`,
    async () => {
      if (files > MOST_FILES_RISE) throw new Error('they grow')
    },
  )
}
