import { fileURLToPath } from 'node:url'
import { findCases, runCases } from '../conformance/cases.mjs'
import { processLauncher } from '../conformance/launch-processes.mjs'
import { fetchJars } from '../kafka/jars.mjs'
import { unhurried } from '../kafka/unhurried.mjs'
import { startToolServer } from '../kafka/launch-in-jvm.mjs'
import { Nodes } from './nodes.mjs'
const here = (path) => fileURLToPath(new URL(path, import.meta.url))
const [action, maker, toolsName, only] = process.argv.slice(2)
const SETTINGS = { 'offsets.topic.replication.factor': 3, 'offsets.topic.num.partitions': 6, 'transaction.state.log.replication.factor': 3, 'transaction.state.log.min.isr': 2, 'auto.leader.rebalance.enable': false }
const cases = await findCases([here('../conformance/cluster-cases')], { only })
const tools = toolsName === 'kts' ? { start: processLauncher(here('../../bin')), stop() {} } : await startToolServer(await fetchJars('4.3.0'))
const nodes = await new Nodes([{ id: 3000, maker, roles: 'controller' }, ...[1, 2, 3].map((id) => ({ id, maker }))], SETTINGS).start()
console.log('up', new Date().toISOString())
const cluster = (a, id) => (a === 'kill' ? nodes.kill(id) : nodes.startNode(id))
try {
  for (const each of cases) {
    const [r] = await runCases([each], { action, start: unhurried(tools.start), bootstrap: nodes.bootstrap, cluster })
    for (const id of [1, 2, 3]) await nodes.startNode(id)
    console.log(r.ok ? 'ok  ' : 'FAIL', r.case, r.seconds.toFixed(0), '\n' + r.problems.join('\n'))
  }
} finally { await nodes.stop(); await tools.stop() }
