import { wait } from '../../lib/clock.ts'
import { isGiven } from '../../lib/command/rules.ts'
import type { Context, Result } from '../../lib/command/define.ts'
import { optionName } from '../../lib/command/names.ts'
import { EnvironmentError, UserError } from '../../lib/errors.ts'
import { show } from '../../lib/output/show.ts'
import { write } from '../../lib/output/write.ts'
import type { Order } from '../../lib/work/command.ts'
import type { Secured } from '../../lib/broker/secured.ts'
import { clientLines, type ClientFile } from './clients.ts'
import { endAll } from './end.ts'
import { LogTail } from './log-tail.ts'
import { forgetCluster, nodeOf, nodesOf, processOf, type LocalCluster, type LocalNode } from './local-cluster.ts'
import { firstPort, prepareCluster } from './prepare-cluster.ts'
import { addressOf, runningBrokers, type RunningBroker } from './running.ts'
import { wantsSecurity, type StartValues } from './settings.ts'

const LOOK_EVERY_MS = 100

/**
 * Starts a cluster: a process for each broker, as kill -9 has to meet one. Nobody watches over them; in the foreground
 * this process only shows what they say, and stops them in the end.
 */
export async function startCluster(order: Order<StartValues>): Promise<void> {
  const { values, context, output } = order
  const secured = wantsSecurity(values)
    ? await (await import('./secured.ts')).readSecured(values, context, firstPort(values))
    : null
  const cluster = await prepareCluster(order, secured)
  const tails = nodesOf(cluster).map(({ nodeId, log }) => new LogTail(log, `[${nodeId}] `))
  try {
    await startNodes(cluster, secured, context)
  } catch (error) {
    await stopNodes(cluster, context)
    throw error
  }
  const clients = secured
    ? await (await import('./client-files.ts')).makeClients(secured, serversOf(cluster), order)
    : undefined
  await show(ready(cluster, context, clients), output, context.stdout)
  if (values.daemon)
    return void (await write(
      context.stderr,
      `logs: ${nodesOf(cluster)
        .map(({ log }) => log)
        .join(', ')}; stop with: kts broker stop\n`,
    ))
  if (context.stderr.isTTY) await write(context.stderr, 'Ctrl-C stops them\n')
  await follow(cluster, tails, context)
  await stopNodes(cluster, context)
  for (const tail of tails) await write(context.stderr, tail.read())
  // After a Ctrl-C the terminal has shown ^C.
  if (context.stderr.isTTY) await write(context.stderr, context.signal.aborted ? '\nstopped\n' : 'stopped\n')
}

/** Starts a broker of the cluster again, with its own settings. Throws EnvironmentError, UserError. */
export async function startNodeAgain(
  nodeId: number,
  cluster: LocalCluster,
  { values, context }: Order<StartValues>,
): Promise<RunningBroker> {
  const { daemon: _daemon, ...others } = values
  const given = Object.keys(others).find((name) => isGiven(values, name as keyof StartValues))
  if (given !== undefined)
    throw new UserError(`broker ${nodeId} starts with the settings it had: ${optionName(given)} does not go with an id`)
  const node = nodeOf(cluster, nodeId)
  const running = runningBrokers(context)
  const own = processOf(node, running)
  if (own) throw new EnvironmentError(`broker ${nodeId} runs already: ${addressOf(own)}`)
  const { controller, isInMemory } = cluster
  if (isInMemory && !processOf(controller, running))
    throw new EnvironmentError(
      'the cluster in memory has ended with its controller; kts broker stop stops what is left of it, ' +
        `kts broker start --brokers ${cluster.brokers.length} --in-memory starts another`,
    )
  if (node !== controller && !processOf(controller, running))
    throw new EnvironmentError(`the controller does not run: kts broker start ${controller.nodeId} first`)
  await startNode(node, context)
  return processOf(node, runningBrokers(context))!
}

/**
 * The controller first: the others wait for it, and it knows the users. One that fails fails all, once none of the
 * others is under way.
 */
async function startNodes(
  { controller, brokers }: LocalCluster,
  secured: Secured | null,
  context: Context,
): Promise<void> {
  const users = secured?.users ?? []
  if (users.length === 0) await startNode(controller, context)
  else {
    const lines = users.map(({ name, password }) => `${name}:${password}`)
    const { withUsersFile } = await import('./secured.ts')
    await withUsersFile(lines, context, (file) => startNode(controller, context, [`--users-file=${file}`]))
  }
  const started = await Promise.allSettled(brokers.map((node) => startNode(node, context)))
  for (const outcome of started) if (outcome.status === 'rejected') throw outcome.reason
}

/** Starts a node in the background, with the settings that are kept for it. */
async function startNode(
  { settings, dataDir, log }: LocalNode,
  context: Context,
  more: readonly string[] = [],
): Promise<void> {
  await context.startSelf(['broker', 'start', ...(dataDir === null ? ['--in-memory'] : []), ...more, settings], log)
}

/** Shows what the nodes say, and which have ended, until this process is to end, or all of them have. */
async function follow(cluster: LocalCluster, tails: readonly LogTail[], context: Context): Promise<void> {
  let before = nodesOf(cluster)
  while (!context.signal.aborted && before.length > 0) {
    const running = runningBrokers(context)
    const now = nodesOf(cluster).filter((node) => processOf(node, running))
    for (const tail of tails) await write(context.stderr, tail.read())
    for (const { nodeId } of before.filter((node) => !now.includes(node)))
      await write(context.stderr, `[${nodeId}] has ended; kts broker start ${nodeId} starts it again\n`)
    before = now
    await wait(context.clock, LOOK_EVERY_MS)
  }
}

/** The controller last: without it the others could not hand anything over. */
async function stopNodes({ controller, brokers }: LocalCluster, context: Context): Promise<void> {
  const running = runningBrokers(context)
  const processes = (nodes: readonly LocalNode[]) => nodes.flatMap((node) => processOf(node, running) ?? [])
  await endAll(processes(brokers), 'SIGTERM', context)
  await endAll(processes([controller]), 'SIGTERM', context)
  forgetCluster(context)
}

const serversOf = ({ brokers }: LocalCluster): string => brokers.map(({ port }) => `localhost:${port}`).join(',')

function ready(cluster: LocalCluster, context: Context, clients: readonly ClientFile[] | undefined): Result {
  const running = runningBrokers(context)
  const nodes = nodesOf(cluster).map((node) => ({
    nodeId: node.nodeId,
    role: node.role,
    address: `localhost:${node.port}`,
    dataDir: node.dataDir,
    pid: processOf(node, running)?.pid ?? null,
  }))
  const { length: count } = cluster.brokers
  const bootstrapServers = serversOf(cluster)
  const place = cluster.isInMemory ? 'in memory' : `data in ${cluster.directory}`
  return {
    data: { bootstrapServers, nodes, ...(clients && { clients }) },
    text: () =>
      nodes.map(({ nodeId, role, address, pid }) => `${role} ${nodeId} at ${address}, pid ${pid}\n`).join('') +
      `${count} Kafka ${count === 1 ? 'broker' : 'brokers'} ready at ${bootstrapServers}, ${place}\n` +
      clientLines(clients ?? []),
  }
}
