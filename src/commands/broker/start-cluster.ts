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
import { choosePorts, clusterSettings } from '../../lib/broker/cluster-settings.ts'
import { endAll } from './end.ts'
import { LogTail } from './log-tail.ts'
import { logFile } from './log-file.ts'
import {
  forgetCluster,
  knownCluster,
  noteCluster,
  processOf,
  type LocalCluster,
  type LocalNode,
} from './local-cluster.ts'
import { runningBrokers } from './running.ts'
import { checkPort, givenSettings, LOCAL_PORT, type StartValues } from './settings.ts'

const MAX_BROKERS = 100
const LOOK_EVERY_MS = 100

/**
 * Starts a cluster: a process for each broker, as kill -9 has to meet one. Nobody watches over them; in the foreground
 * this process only shows what they say, and stops them in the end.
 */
export async function startCluster(order: Order<StartValues>): Promise<void> {
  const { values, context, output } = order
  const cluster = await prepareCluster(order)
  const tails = cluster.nodes.map(({ nodeId, log }) => new LogTail(log, `[${nodeId}] `))
  try {
    await startNodes(cluster, context)
  } catch (error) {
    await stopNodes(cluster, context)
    throw error
  }
  await show(ready(cluster, context), output, context.stdout)
  if (values.daemon)
    return void (await write(
      context.stderr,
      `logs: ${cluster.nodes.map(({ log }) => log).join(', ')}; stop with: kts broker stop\n`,
    ))
  if (context.stderr.isTTY) await write(context.stderr, 'Ctrl-C stops them\n')
  await follow(cluster, tails, context)
  await stopNodes(cluster, context)
  for (const tail of tails) await write(context.stderr, tail.read())
}

async function prepareCluster({ values, words: [file], context }: Order<StartValues>): Promise<LocalCluster> {
  const { brokers: count = 1, inMemory } = values
  const port = checkPort(values.port ?? LOCAL_PORT)
  if (count < 1 || count > MAX_BROKERS) throw new UserError(`--brokers ${count}: between 1 and ${MAX_BROKERS}`)
  if (values.topic.length > 0)
    throw new UserError('--topic goes with one broker; kts topics create makes the topics of several')
  const running = runningBrokers(context)
  if (knownCluster(context)?.nodes.some((node) => processOf(node, running)))
    throw new EnvironmentError(
      'a cluster of kts runs here already; kts broker status shows it, kts broker stop ends it',
    )
  const directory =
    values.dataDir === undefined ? join(stateFolder(context.env), 'cluster') : resolve(context.cwd, values.dataDir)
  makeFolder(directory)
  const ports = await choosePorts(count, port)
  const settings = clusterSettings(givenSettings(values, context, file), ports, directory)
  const nodes = settings.map((texts, index): LocalNode => {
    const path = join(directory, `server-${index + 1}.properties`)
    writeWholeFile(path, formatProperties(texts))
    const ownPort = ports.brokers[index]!
    return {
      nodeId: index + 1,
      roles: texts.get('process.roles')!,
      port: ownPort,
      settings: path,
      dataDir: inMemory ? null : texts.get('log.dirs')!,
      log: logFile(context, ownPort),
    }
  })
  const cluster = { directory, isInMemory: inMemory, nodes }
  noteCluster(context, cluster)
  return cluster
}

/** The controller first: the others wait for it. */
async function startNodes({ nodes: [controller, ...others] }: LocalCluster, context: Context): Promise<void> {
  await startNodeAgain(controller!, context)
  await Promise.all(others.map((node) => startNodeAgain(node, context)))
}

/** Starts a node in the background, with the settings that are kept for it. */
export async function startNodeAgain({ settings, dataDir, log }: LocalNode, context: Context): Promise<void> {
  await context.startSelf(['broker', 'start', ...(dataDir === null ? ['--in-memory'] : []), settings], log)
}

/** Shows what the nodes say until this process is to end, or all of them have. */
async function follow(cluster: LocalCluster, tails: readonly LogTail[], context: Context): Promise<void> {
  const isAnyLeft = (): boolean => {
    const running = runningBrokers(context)
    return cluster.nodes.some((node) => processOf(node, running))
  }
  while (!context.signal.aborted && isAnyLeft()) {
    for (const tail of tails) await write(context.stderr, tail.read())
    await wait(context.clock, LOOK_EVERY_MS)
  }
}

/** The controller last: without it the others could not hand anything over. */
async function stopNodes({ nodes: [controller, ...others] }: LocalCluster, context: Context): Promise<void> {
  const running = runningBrokers(context)
  const processes = (nodes: readonly LocalNode[]) => nodes.flatMap((node) => processOf(node, running) ?? [])
  await endAll(processes(others), 'SIGTERM', context)
  await endAll(processes([controller!]), 'SIGTERM', context)
  forgetCluster(context)
}

function ready(cluster: LocalCluster, context: Context): Result {
  const running = runningBrokers(context)
  const nodes = cluster.nodes.map(({ nodeId, roles, port, dataDir }) => ({
    nodeId,
    roles,
    bootstrapServers: `localhost:${port}`,
    dataDir,
    pid:
      running.find((broker) => broker.nodeId === nodeId && broker.bootstrapServers.endsWith(`:${port}`))?.pid ?? null,
  }))
  const bootstrapServers = nodes.map((node) => node.bootstrapServers).join(',')
  const place = cluster.isInMemory ? 'in memory' : `data in ${cluster.directory}`
  return {
    data: { bootstrapServers, nodes },
    text: () =>
      nodes
        .map(({ nodeId, roles, bootstrapServers: own, pid }) => `broker ${nodeId} (${roles}) at ${own}, pid ${pid}\n`)
        .join('') + `${nodes.length} Kafka brokers ready at ${bootstrapServers}, ${place}\n`,
  }
}
