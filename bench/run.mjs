// npm run bench [-- --quick] [-- --only produce,brokers]: every figure beside its peers', measured in one run; ratios
// count, not seconds.
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { Bench } from './bench.mjs'
import { report, saveReport } from './report.mjs'
import { startApache, startBundled } from './servers.mjs'

const SUITES = [
  'startup',
  'produce',
  'consume',
  'perf',
  'groups',
  'brokers',
  'security',
  'cluster',
  'schemas',
  'memory',
  'growth',
  'scale',
  'web',
]

const { values } = parseArgs({ options: { quick: { type: 'boolean', default: false }, only: { type: 'string' } } })
const suites = values.only === undefined ? SUITES : values.only.split(',')
const strange = suites.filter((name) => !SUITES.includes(name))
if (strange.length > 0) throw new Error(`no suite is named ${strange.join(', ')}: there are ${SUITES.join(', ')}`)

const folder = mkdtempSync(join(tmpdir(), 'kts-bench-'))
const bench = new Bench({ quick: values.quick, folder, bundled: await startBundled(), apache: await startApache() })
const began = performance.now()
try {
  bench.sh(`${bench.kts} logs generate --count ${bench.lines} --seed 1 > ${bench.file}`)
  bench.note(
    `${bench.lines.toLocaleString('en')} lines of ${(statSync(bench.file).size / bench.lines).toFixed(0)} bytes`,
  )
  for (const name of suites) {
    console.log(`\n${name}`)
    const { run } = await import(`./suites/${name}.mjs`)
    try {
      await bench.tidily(() => run(bench))
    } catch (error) {
      // The others are worth their time all the same.
      bench.note(`${name} ended early: ${error.message}`)
      process.exitCode = 1
    }
    bench.tookMinutes = (performance.now() - began) / 60_000
    // A run of some suites only is shown, not written.
    if (values.only === undefined) saveReport(bench)
  }
} finally {
  await bench.bundled.stop()
  await bench.apache?.stop()
  rmSync(folder, { recursive: true, force: true })
}
console.log(`\n${report(bench)}`)
