// The recorded cases of a cluster of three: what Apache's tools say when brokers die, move and come back.
import { fileURLToPath } from 'node:url'
import { findCases, runCases } from '../conformance/cases.mjs'
import { processLauncher } from '../conformance/launch-processes.mjs'
import { fetchJars } from '../kafka/jars.mjs'
import { unhurried } from '../kafka/unhurried.mjs'
import { startToolServer } from '../kafka/launch-in-jvm.mjs'
import { Nodes } from './nodes.mjs'

const here = (path) => fileURLToPath(new URL(path, import.meta.url))
const VERSION = '4.3.0'
/** Those that the cases were recorded with. */
const SETTINGS = {
  'offsets.topic.replication.factor': 3,
  'offsets.topic.num.partitions': 6,
  'transaction.state.log.replication.factor': 3,
  'transaction.state.log.min.isr': 2,
  'auto.leader.rebalance.enable': false,
}

/**
 * Runs the cases with Apache's tools and with kts's against three nodes of one maker. Resolves with `{ case, ok,
 * problems }` for each, by the name of the tools.
 */
export async function runClusterCases(maker, only = '') {
  const cases = await findCases([here('../conformance/cluster-cases')], { only })
  const tools = await startToolServer(await fetchJars(VERSION))
  const launchers = { "Apache's tools": tools.start, kts: processLauncher(here('../../bin')) }
  const brokers = [1, 2, 3].map((id) => ({ id, maker }))
  const nodes = await new Nodes([{ id: 3000, maker, roles: 'controller' }, ...brokers], SETTINGS).start()
  const cluster = (action, id) => (action === 'kill' ? nodes.kill(id) : nodes.startNode(id))
  try {
    const results = {}
    for (const [name, start] of Object.entries(launchers)) {
      const run = (due) => runCases(due, { start: unhurried(start), bootstrap: nodes.bootstrap, cluster })
      results[name] = await triedAgain(cases, run)
    }
    return results
  } finally {
    await nodes.stop()
    await tools.stop()
  }
}

/** What a busy machine made fail is tried once more; a line tells of it. */
async function triedAgain(cases, run) {
  const first = await run(cases)
  const failed = first.filter(({ ok }) => !ok)
  for (const { case: id, problems } of failed) console.log(`again ${id}\n${problems.join('\n')}`)
  const second = await run(cases.filter(({ id }) => failed.some((result) => result.case === id)))
  return [...first.filter(({ ok }) => ok), ...second]
}
