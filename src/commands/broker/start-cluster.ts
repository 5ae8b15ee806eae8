import { join, resolve } from 'node:path'
import { wait } from '../../lib/clock.ts'
import type { Context, Result } from '../../lib/command/define.ts'
import { stateFolder } from '../../lib/config/folders.ts'
import { writeWholeFile } from '../../lib/whole-file.ts'
import { EnvironmentError, UserError } from '../../lib/errors.ts'
import { makeFolder } from '../../lib/make-folder.ts'
import { show } from '../../lib/output/show.ts'
import { write } from '../../lib/output/write.ts'
import { formatProperties } from '../../lib/properties.ts'
import type { Order } from '../../lib/work/command.ts'
import { choosePorts, clusterSettings, type NodeSettings } from '../../lib/broker/cluster-settings.ts'
import type { Secured } from '../../lib/broker/secured.ts'
import { clientLines, type ClientFile } from './clients.ts'
import { endAll } from './end.ts'
import { LogTail } from './log-tail.ts'
import { logFile } from './log-file.ts'
import {
  forgetCluster,
  knownCluster,
  nodesOf,
  noteCluster,
  processOf,
  type LocalCluster,
  type LocalNode,
} from './local-cluster.ts'
import { runningBrokers, type RunningBroker } from './running.ts'
import { checkPort, givenSettings, LOCAL_PORT, wantsSecurity, type StartValues } from './settings.ts'

const MAX_BROKERS = 100
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
}

async function prepareCluster(
  { values, words: [file], context }: Order<StartValues>,
  secured: Secured | null,
): Promise<LocalCluster> {
  const { brokers: count = 1, inMemory } = values
  const port = firstPort(values)
  if (count < 1 || count > MAX_BROKERS) throw new UserError(`--brokers ${count}: between 1 and ${MAX_BROKERS}`)
  if (values.topic.length > 0)
    throw new UserError('--topic goes with one broker; kts topics create makes the topics of several')
  const running = runningBrokers(context)
  if (isAnyRunning(knownCluster(context), running))
    throw new EnvironmentError(
      'a cluster of kts runs here already; kts broker status shows it, kts broker stop ends it',
    )
  const directory =
    values.dataDir === undefined ? join(stateFolder(context.env), 'cluster') : resolve(context.cwd, values.dataDir)
  makeFolder(directory)
  const ports = await choosePorts(count, port)
  const settings = clusterSettings(givenSettings(values, context, file), ports, directory, secured)
  const keep = (name: string, { nodeId, port: ownPort, texts }: NodeSettings): LocalNode => {
    const path = join(directory, `${name}.properties`)
    writeWholeFile(path, formatProperties(texts))
    return {
      nodeId,
      role: texts.get('process.roles')!,
      port: ownPort,
      settings: path,
      dataDir: inMemory ? null : texts.get('log.dirs')!,
      log: logFile(context, ownPort),
    }
  }
  const cluster: LocalCluster = {
    directory,
    isInMemory: inMemory,
    controller: keep('controller', settings.controller),
    brokers: settings.brokers.map((broker) => keep(`server-${broker.nodeId}`, broker)),
  }
  noteCluster(context, cluster)
  return cluster
}

const firstPort = ({ port = LOCAL_PORT }: StartValues): number => checkPort(port)

/** The controller first: the others wait for it, and it knows the users. */
async function startNodes(
  { controller, brokers }: LocalCluster,
  secured: Secured | null,
  context: Context,
): Promise<void> {
  const users = secured?.users ?? []
  if (users.length === 0) await startNodeAgain(controller, context)
  else {
    const lines = users.map(({ name, password }) => `${name}:${password}`)
    const { withUsersFile } = await import('./secured.ts')
    await withUsersFile(lines, context, (file) => startNodeAgain(controller, context, [`--users-file=${file}`]))
  }
  await Promise.all(brokers.map((node) => startNodeAgain(node, context)))
}

/** Starts a node in the background, with the settings that are kept for it. */
export async function startNodeAgain(
  { settings, dataDir, log }: LocalNode,
  context: Context,
  more: readonly string[] = [],
): Promise<void> {
  await context.startSelf(['broker', 'start', ...(dataDir === null ? ['--in-memory'] : []), ...more, settings], log)
}

/** Shows what the nodes say until this process is to end, or all of them have. */
async function follow(cluster: LocalCluster, tails: readonly LogTail[], context: Context): Promise<void> {
  while (!context.signal.aborted && isAnyRunning(cluster, runningBrokers(context))) {
    for (const tail of tails) await write(context.stderr, tail.read())
    await wait(context.clock, LOOK_EVERY_MS)
  }
}

const isAnyRunning = (cluster: LocalCluster | null, running: readonly RunningBroker[]): boolean =>
  cluster !== null && nodesOf(cluster).some((node) => processOf(node, running))

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
  const bootstrapServers = serversOf(cluster)
  const place = cluster.isInMemory ? 'in memory' : `data in ${cluster.directory}`
  return {
    data: { bootstrapServers, nodes, ...(clients && { clients }) },
    text: () =>
      nodes.map(({ nodeId, role, address, pid }) => `${role} ${nodeId} at ${address}, pid ${pid}\n`).join('') +
      `${cluster.brokers.length} Kafka brokers ready at ${bootstrapServers}, ${place}\n` +
      clientLines(clients ?? []),
  }
}
