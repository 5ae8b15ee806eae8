import { existsSync, renameSync } from 'node:fs'
import { resolve } from 'node:path'
import { formatAddress } from '../../lib/address.ts'
import { Disk } from '../../lib/broker/log/disk.ts'
import { MemoryDisk } from '../../lib/broker/log/memory-disk.ts'
import { startNode, type RunningNode } from '../../lib/broker/start.ts'
import { nearBrokerSetting, parseBrokerConfig } from '../../lib/broker/state/configs/parse-broker-config.ts'
import { systemProcesses } from '../../lib/broker/state/storage/lock.ts'
import type { Context, Result } from '../../lib/command/define.ts'
import { aborted } from '../../lib/command/unless-aborted.ts'
import { defineCommand, type Order } from '../../lib/work/command.ts'
import { show } from '../../lib/output/show.ts'
import { shownName } from '../../lib/output/shown.ts'
import { write } from '../../lib/output/write.ts'
import { EnvironmentError } from '../../lib/errors.ts'
import { clientLines } from './clients.ts'
import { requireCluster } from './local-cluster.ts'
import { logFile } from './log-file.ts'
import { hasPort, noteBroker, runningBrokers, type RunningBroker } from './running.ts'
import {
  givenSettings,
  namesListeners,
  portOf,
  readSettings,
  startOptions,
  wantsSecurity,
  type StartValues,
} from './settings.ts'

export const brokerStart = defineCommand({
  examples: [
    { command: 'kts broker start --daemon', about: 'A broker on localhost:9092, in the background.' },
    { command: 'kts broker start --port 0 --in-memory', about: 'A throw-away broker on a free port, until Ctrl-C.' },
    { command: 'kts broker start --brokers 3 --daemon', about: 'A cluster on localhost:9092, 9093 and 9094.' },
    { command: 'kts broker start 2', about: 'Broker 2 of that cluster again.' },
    { command: 'kts broker start --verbose', about: 'Tells what clients do: a way to see how Kafka works.' },
    { command: 'kts broker start --tls --user alice', about: 'With TLS and a login; prints what its clients need.' },
    { command: 'kts broker start --topic orders:3 --topic users', about: 'With topics, one of three partitions.' },
    {
      command: 'kts broker start config/server.properties --override num.partitions=3',
      about: "Kafka's own settings file.",
    },
  ],
  options: startOptions,
  words: [
    {
      name: 'server.properties',
      about: "Settings as in Kafka's server.properties; or the id of a broker of a cluster, to start it again.",
      completes: 'files',
      isOptional: true,
    },
  ],
  async offline(order) {
    const { values, words, context } = order
    const [word = ''] = words
    const isId = context.style === 'kts' && /^\d+$/.test(word) && !existsSync(resolve(context.cwd, word))
    if (values.brokers !== undefined || isId) {
      // What only a cluster needs is loaded only for one.
      const { startCluster, startNodeAgain } = await import('./start-cluster.ts')
      if (values.brokers !== undefined) return startCluster(order)
      return ready(await startNodeAgain(Number(word), requireCluster(context), order))
    }
    return values.daemon ? startInBackground(order) : serve(order)
  },
})

async function serve(order: Order<StartValues>): Promise<void> {
  const { values, words, context, output, voice } = order
  const settings = await readSettings(values, context, words[0])
  const { users, secured } = wantsSecurity(values)
    ? await (await import('./secured.ts')).secure(settings, values, context, {
        isPlacedByFile: namesListeners(await givenSettings(values, context, words[0])),
      })
    : { users: [], secured: null }
  const { config, warnings } = parseBrokerConfig(settings, context.style === 'kts' ? nearBrokerSetting : undefined)
  warnings.forEach(voice.say)
  const fileSystem = values.inMemory ? new MemoryDisk() : new Disk()
  const node = await startNode({
    config,
    fileSystem,
    processes: systemProcesses,
    topics: values.topic,
    users,
    warn: voice.say,
    signal: context.signal,
    info: values.verbose ? (line) => void context.stderr.write(`${shownName(line)}\n`) : undefined,
  }).catch((error: unknown) => {
    throw nameOwnBroker(error, portOf(settings), context)
  })
  const dataDir = values.inMemory ? null : config.logDirs().join(', ')
  const role = node.addresses.size > 0 ? 'broker' : 'controller'
  const addresses = role === 'broker' ? node.addresses : node.controllerAddresses
  const bootstrapServers = [...addresses.values()].map(formatAddress).join(',')
  const clients = secured
    ? await (await import('./client-files.ts')).makeClients(secured, bootstrapServers, order)
    : undefined
  const place = { role, bootstrapServers, dataDir, ...(clients && { clients }) } as const
  const forget = tryToNote(context, node, place, voice.say)
  await show(ready({ nodeId: node.nodeId, ...place }), output, context.stdout)
  const tell = (line: string): void =>
    void (context.style === 'kts' && context.stderr.isTTY && context.stderr.write(`${line}\n`))
  tell('Ctrl-C stops it')
  const failure = await Promise.race([aborted(context.signal), node.failed])
  await node.stop()
  forget()
  if (failure) throw new EnvironmentError(failure)
  // After a Ctrl-C the terminal has shown ^C.
  tell(context.signal.reason === 'SIGINT' ? '\nstopped' : 'stopped')
}

/** Whoever starts a second broker on the port of the first is told which one that is. */
function nameOwnBroker(error: unknown, port: number, context: Context): unknown {
  const own = runningBrokers(context).find((broker) => hasPort(broker, port))
  if (!own || !(error instanceof EnvironmentError && error.code === 'EADDRINUSE')) return error
  return new EnvironmentError(
    `port ${port} is taken by a broker of kts (pid ${own.pid}, ${placeOf(own)}); stop it with kts broker stop --port ${port}, or choose another port with --port`,
  )
}

/** A broker that cannot leave its note serves all the same; only `stop` and `status` will not find it. */
function tryToNote(
  context: Context,
  { nodeId, clusterId }: RunningNode,
  place: Pick<RunningBroker, 'role' | 'bootstrapServers' | 'dataDir' | 'clients'>,
  warn: (line: string) => void,
): () => void {
  try {
    return noteBroker(context, { nodeId, clusterId, ...place, startedAt: new Date(context.clock.now()).toISOString() })
  } catch (error) {
    warn(`kts broker stop and status will not find this broker: ${(error as Error).message}`)
    return () => {}
  }
}

async function startInBackground({ values, words: [file], context, output, voice }: Order<StartValues>): Promise<void> {
  const settings = await readSettings(values, context, file)
  // Nobody looks into its log for them.
  if (context.style === 'kts') parseBrokerConfig(settings, nearBrokerSetting).warnings.forEach(voice.say)
  const port = portOf(settings)
  const known = runningBrokers(context).map(({ pid }) => pid)
  const log = port === 0 ? logFile(context, `0-${process.pid}`) : logFile(context, port)
  await startAgain(values, file, context, log)
  const started = runningBrokers(context).find(({ pid }) => !known.includes(pid))
  if (!started) return
  const ownLog = port === 0 ? logFile(context, portOf(new Map([['listeners', started.bootstrapServers]]))) : log
  if (ownLog !== log) renameSync(log, ownLog)
  await show(ready(started), output, context.stdout)
  await write(context.stderr, `log: ${ownLog}; stop with: kts broker stop\n`)
}

/** Nothing secret gets into a command line that stays. */
async function startAgain(values: StartValues, file: string | undefined, context: Context, log: string): Promise<void> {
  const start = (usersFile: string | undefined) =>
    context.startSelf(['broker', 'start', ...againAs({ ...values, usersFile }, file)], log)
  if (values.user.length === 0) return start(values.usersFile)
  const { userLines, withUsersFile } = await import('./secured.ts')
  await withUsersFile(userLines(values, context.cwd), context, start)
}

/** The same options again, without the one that asked for the background. */
function againAs(
  { port, dataDir, inMemory, topic, tls, usersFile, acls, writeProfile, verbose, override }: StartValues,
  file: string | undefined,
): string[] {
  return [
    ...(port === undefined ? [] : [`--port=${port}`]),
    ...(dataDir === undefined ? [] : [`--data-dir=${dataDir}`]),
    ...(inMemory ? ['--in-memory'] : []),
    ...topic.map((seed) => `--topic=${seed}`),
    ...(tls ? ['--tls'] : []),
    ...(usersFile === undefined ? [] : [`--users-file=${usersFile}`]),
    ...(acls ? ['--acls'] : []),
    ...(writeProfile === undefined ? [] : [`--write-profile=${writeProfile}`]),
    ...(verbose ? ['--verbose'] : []),
    ...override.map((setting) => `--override=${setting}`),
    ...(file === undefined ? [] : [file]),
  ]
}

/** With a pid, of one in the background. */
type Started = Pick<RunningBroker, 'nodeId' | 'role' | 'bootstrapServers' | 'dataDir' | 'clients'> & {
  readonly pid?: number
}

/** The answer that scripts wait for. */
function ready({ nodeId, role, bootstrapServers, dataDir, clients, pid }: Started): Result {
  return {
    data: { nodeId, bootstrapServers, dataDir, ...(clients && { clients }), ...(pid !== undefined && { pid }) },
    text: () =>
      `Kafka ${role} ${nodeId} ready at ${bootstrapServers}, ${placeOf({ dataDir })}${pid === undefined ? '' : `, pid ${pid}`}\n` +
      clientLines(clients ?? []),
  }
}

const placeOf = ({ dataDir }: Pick<Started, 'dataDir'>): string =>
  dataDir === null ? 'in memory' : `data in ${dataDir}`
