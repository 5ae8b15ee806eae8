import { join, resolve } from 'node:path'
import {
  choosePorts,
  clusterSettings,
  settingsOfEachNode,
  type NodeSettings,
} from '../../lib/broker/cluster-settings.ts'
import type { Secured } from '../../lib/broker/secured.ts'
import { Disk } from '../../lib/broker/log/disk.ts'
import { nearBrokerSetting, parseBrokerConfig } from '../../lib/broker/state/configs/parse-broker-config.ts'
import { checkUnlocked, systemProcesses } from '../../lib/broker/state/storage/lock.ts'
import { stateFolder } from '../../lib/config/folders.ts'
import { EnvironmentError, UserError } from '../../lib/errors.ts'
import { makeFolder } from '../../lib/make-folder.ts'
import { formatProperties } from '../../lib/properties.ts'
import { writeWholeFile } from '../../lib/whole-file.ts'
import type { Order } from '../../lib/work/command.ts'
import { isAnyRunning, knownCluster, noteCluster, type LocalCluster, type LocalNode } from './local-cluster.ts'
import { logFile } from './log-file.ts'
import { runningBrokers } from './running.ts'
import { checkPort, givenSettings, LOCAL_PORT, type StartValues } from './settings.ts'

const MAX_BROKERS = 100

/**
 * Settles who is to be in a cluster, and writes down the settings of each node. Throws UserError for what cannot be,
 * EnvironmentError for ports and folders that cannot be had; nothing has been written then.
 */
export async function prepareCluster(order: Order<StartValues>, secured: Secured | null): Promise<LocalCluster> {
  const { values, context } = order
  const { brokers: count = 1, inMemory } = values
  const port = firstPort(values)
  if (count < 1 || count > MAX_BROKERS) throw new UserError(`--brokers ${count}: between 1 and ${MAX_BROKERS}`)
  if (values.topic.length > 0)
    throw new UserError('--topic goes with one broker; kts topics create makes the topics of several')
  if (isAnyRunning(knownCluster(context), runningBrokers(context)))
    throw new EnvironmentError(
      'a cluster of kts runs here already; kts broker status shows it, kts broker stop ends it',
    )
  const directory =
    values.dataDir === undefined ? join(stateFolder(context.env), 'cluster') : resolve(context.cwd, values.dataDir)
  const given = await settingsForAll(order)
  const { controller, brokers } = clusterSettings(given, await choosePorts(count, port), directory, secured)
  const all = [controller, ...brokers]
  sayWarnings(all, order)
  if (!inMemory) for (const { texts } of all) checkUnlocked(new Disk(), texts.get('log.dirs')!, systemProcesses)
  makeFolder(directory)
  const keep = (name: string, node: NodeSettings) => keepSettings(join(directory, `${name}.properties`), node, order)
  const cluster: LocalCluster = {
    directory,
    isInMemory: inMemory,
    controller: keep('controller', controller),
    brokers: brokers.map((broker) => keep(`server-${broker.nodeId}`, broker)),
  }
  noteCluster(context, cluster)
  return cluster
}

export const firstPort = ({ port = LOCAL_PORT }: StartValues): number => checkPort(port)

/** What the file and --override say, without what each node has for itself. Throws UserError. */
async function settingsForAll({
  values,
  words: [file],
  context,
  voice,
}: Order<StartValues>): Promise<ReadonlyMap<string, string>> {
  const given = await givenSettings(values, context, file)
  const own = settingsOfEachNode(given.keys())
  const overridden = own.find((name) => values.override.some((override) => override.split('=')[0]!.trim() === name))
  if (overridden !== undefined)
    throw new UserError(
      `--override ${overridden}: each node of a cluster has its own; --port and --data-dir say where they are`,
    )
  if (own.length > 0) voice.say(`${file}: ${own.join(', ')} left out, since each node of a cluster has its own`)
  own.forEach((name) => given.delete(name))
  return given
}

/** The nodes say it in their logs, each for itself, where nobody looks. Throws UserError. */
function sayWarnings(nodes: readonly NodeSettings[], { voice }: Order<StartValues>): void {
  const warnings = nodes.flatMap(({ texts }) => parseBrokerConfig(texts, nearBrokerSetting).warnings)
  new Set(warnings).forEach(voice.say)
}

function keepSettings(path: string, { nodeId, port, texts }: NodeSettings, order: Order<StartValues>): LocalNode {
  writeWholeFile(path, formatProperties(texts))
  return {
    nodeId,
    role: texts.get('process.roles')!,
    port,
    settings: path,
    dataDir: order.values.inMemory ? null : texts.get('log.dirs')!,
    log: logFile(order.context, port),
  }
}
