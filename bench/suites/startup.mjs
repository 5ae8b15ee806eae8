// How long until a command does something, and the broker answers.
import { median, memoryOf, peakMemory } from '../measure.mjs'
import { startBundled } from '../servers.mjs'

const MIB = 2 ** 20

export async function run(bench) {
  const { kts, bundled } = bench
  const nothing = { 'node -e 0': `${process.execPath} -e 0` }
  const server = `--bootstrap-server ${bundled.server}`
  const { topic, group } = readTopic(bench)
  const commands = {
    'kts --version': '--version',
    'kts topics list': `topics list ${server}`,
    'kts groups describe': `groups describe ${group} ${server}`,
    'kts offsets': `offsets ${topic} ${server}`,
    'kts consume --max-messages 1': `consume ${topic} --from-beginning --max-messages 1 ${server}`,
  }
  for (const [name, args] of Object.entries(commands)) {
    await bench.compare({
      name,
      goal: 'CPU within 25 ms of node -e 0',
      by: 'cpu',
      runs: 21,
      ours: `${kts} ${args}`,
      peers: nothing,
    })
    const row = bench.rows.at(-1)
    const overMs = (row.kts.cpu - row.others[0].cpu) * 1000
    Object.assign(row, { isMet: overMs <= 25, remark: `${overMs.toFixed(0)} ms over` })
  }
  await brokerStart(bench)
}

/** A topic with a few lines, and a group that has read them. */
function readTopic(bench) {
  const { kts, bundled } = bench
  const [topic, group] = [bench.newTopic(bundled), 'bench-readers']
  const server = `--bootstrap-server ${bundled.server}`
  bench.sh(`seq 100 | ${kts} produce ${topic} ${server}`)
  bench.sh(`${kts} consume ${topic} --group ${group} --from-beginning --max-messages 100 ${server}`)
  return { topic, group }
}

async function brokerStart(bench) {
  const starts = []
  for (let run = 0; run < bench.runs; run += 1) {
    const broker = await startBundled()
    starts.push({ ms: broker.startMs, idle: memoryOf(broker.pid), peak: peakMemory(broker.pid) })
    await broker.stop()
  }
  const ms = median(starts.map((start) => start.ms))
  const idle = median(starts.map((start) => start.idle)) / MIB
  bench.figure({
    name: 'bundled broker: start to first answered request',
    goal: 'under 200 ms',
    figure: `${ms.toFixed(0)} ms`,
    isMet: ms < 200,
  })
  bench.figure({
    name: 'bundled broker: memory when idle',
    goal: 'under 80 MiB',
    figure: `${idle.toFixed(0)} MiB`,
    isMet: idle < 80,
  })
  if (bench.apache) bench.note(`Apache Kafka took ${bench.apache.startMs.toFixed(0)} ms to its first answered request`)
}
