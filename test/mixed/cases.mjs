// The recorded cases on clusters: those of three brokers that die and move, and those of a single broker, through one
// whose controller is of the other maker.
import { fileURLToPath } from 'node:url'
import { findCases, runCases } from '../conformance/cases.mjs'
import { processLauncher } from '../conformance/launch-processes.mjs'
import { startToolServer } from '../kafka/launch-in-jvm.mjs'
import { fetchJars } from '../kafka/jars.mjs'
import { unhurried } from '../kafka/unhurried.mjs'
import { Nodes } from './nodes.mjs'

const here = (path) => fileURLToPath(new URL(path, import.meta.url))
const VERSION = '4.3.0'
const CONTROLLER = 3000
const JOBS = 6
/** Those that the cases were recorded with. */
const OF_THREE = {
  'offsets.topic.replication.factor': 3,
  'offsets.topic.num.partitions': 6,
  'transaction.state.log.replication.factor': 3,
  'transaction.state.log.min.isr': 2,
  'auto.leader.rebalance.enable': false,
}
const OF_ONE = {
  'offsets.topic.replication.factor': 1,
  'transaction.state.log.replication.factor': 1,
  'transaction.state.log.min.isr': 1,
}

/**
 * Runs the cases of a cluster with Apache's tools and with kts's against three nodes of one maker. Resolves with
 * `{ case, ok, problems }` for each, by the name of the tools.
 */
export async function runClusterCases(maker) {
  const specs = [controllerOf(maker), ...[1, 2, 3].map((id) => ({ id, maker }))]
  const cases = await findCases([here('../conformance/cluster-cases')])
  return onNodes(specs, OF_THREE, (nodes, start) => {
    const cluster = (action, id) => (action === 'kill' ? nodes.kill(id) : nodes.startNode(id))
    // A case that fails may leave brokers dead that it would have started again.
    const onResult = () => Promise.all(nodes.ids.map((id) => nodes.startNode(id)))
    return triedAgain(cases, (due) => runCases(due, { start, bootstrap: nodes.bootstrap, cluster, onResult }))
  })
}

/** The same for those of a single broker, through a broker of `maker` under a controller of the other. */
export async function runBrokerCases(maker, only = '') {
  const specs = [controllerOf(maker === 'kts' ? 'apache' : 'kts'), { id: 1, maker }]
  const cases = await findCases([here('../conformance/cases')], { only })
  return onNodes(specs, OF_ONE, (nodes, start) =>
    triedAgain(cases, (due) =>
      runCases(due, { start, bootstrap: nodes.bootstrap, jobs: due === cases ? JOBS : 2, keep: true }),
    ),
  )
}

const controllerOf = (maker) => ({ id: CONTROLLER, maker, roles: 'controller' })

/**
 * New nodes for each kind of tools: Apache's controller cannot unregister a broker any more that has been in the ISR of
 * a topic that is gone ("existed in isrMembers, but not in the topics map").
 */
async function onNodes(specs, settings, run) {
  const tools = await startToolServer(await fetchJars(VERSION))
  const launchers = { "Apache's tools": tools.start, kts: processLauncher(here('../../bin')) }
  const results = {}
  try {
    for (const [name, start] of Object.entries(launchers)) {
      const nodes = await new Nodes(specs, settings).start()
      try {
        results[name] = await run(nodes, unhurried(start))
      } finally {
        await nodes.stop()
      }
    }
  } finally {
    await tools.stop()
  }
  return results
}

/** What a busy machine made fail is tried once more; a line tells of it. */
async function triedAgain(cases, run) {
  const first = await run(cases)
  const failed = first.filter(({ ok }) => !ok)
  for (const { case: id, problems } of failed) console.log(`again ${id}\n${problems.join('\n')}`)
  const second = await run(cases.filter(({ id }) => failed.some((result) => result.case === id)))
  return [...first.filter(({ ok }) => ok), ...second]
}
