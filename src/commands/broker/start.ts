import { join } from 'node:path'
import { formatAddress } from '../../lib/address.ts'
import { Disk } from '../../lib/broker/log/disk.ts'
import { MemoryDisk } from '../../lib/broker/log/memory-disk.ts'
import { startNode, type RunningNode } from '../../lib/broker/start.ts'
import { parseBrokerConfig } from '../../lib/broker/state/configs/parse-broker-config.ts'
import { systemProcesses } from '../../lib/broker/state/storage/lock.ts'
import type { Context, OutputFormat, Result } from '../../lib/command/define.ts'
import { defineCommand } from '../../lib/work/old.ts'
import { stateFolder } from '../../lib/config/folders.ts'
import { say } from '../../lib/output/say.ts'
import { show } from '../../lib/output/show.ts'
import { write } from '../../lib/output/write.ts'
import { EnvironmentError } from '../../lib/errors.ts'
import { noteBroker, runningBrokers } from './running.ts'
import { readSettings, startOptions, type StartValues } from './settings.ts'

export const brokerStart = defineCommand({
  name: 'broker start',
  dropIns: ['kafka-server-start'],
  about: 'Start a Kafka broker on this machine.',
  examples: [
    { command: 'kts broker start --daemon', about: 'A broker on localhost:9092, in the background.' },
    { command: 'kts broker start --port 0 --in-memory', about: 'A throw-away broker on a free port, until Ctrl-C.' },
    {
      command: 'kts broker start config/server.properties --override num.partitions=3',
      about: "Kafka's own settings file.",
    },
  ],
  options: startOptions,
  positional: { name: 'server.properties', about: "Settings as in Kafka's server.properties.", completes: 'files' },
  async run(values, context, [file], output) {
    if (values.daemon) return startInBackground(values, context, file, output)
    await serve(values, context, file, output)
  },
})

async function serve(
  values: StartValues,
  context: Context,
  file: string | undefined,
  output: OutputFormat | undefined,
): Promise<void> {
  const warn = (line: string): void => void say(context, line)
  const { config, warnings } = parseBrokerConfig(readSettings(values, context, file))
  warnings.forEach(warn)
  const fileSystem = values.inMemory ? new MemoryDisk() : new Disk()
  const node = await startNode({ config, fileSystem, processes: systemProcesses, warn })
  const dataDir = values.inMemory ? null : config.logDirs().join(', ')
  const bootstrapServers = [...node.addresses.values()].map(formatAddress).join(',')
  const forget = tryToNote(context, node, { bootstrapServers, dataDir }, warn)
  await show(ready({ nodeId: node.nodeId, bootstrapServers, dataDir }), output, context.stdout)
  const failure = await Promise.race([aborted(context.signal), node.failed])
  await node.stop()
  forget()
  if (failure) throw new EnvironmentError(failure)
}

/** A broker that cannot leave its note serves all the same; only `stop` and `status` will not find it. */
function tryToNote(
  context: Context,
  { nodeId, clusterId }: RunningNode,
  place: { bootstrapServers: string; dataDir: string | null },
  warn: (line: string) => void,
): () => void {
  try {
    return noteBroker(context, { nodeId, clusterId, ...place, startedAt: new Date(context.clock.now()).toISOString() })
  } catch (error) {
    warn(`kts broker stop and status will not find this broker: ${(error as Error).message}`)
    return () => {}
  }
}

async function startInBackground(
  values: StartValues,
  context: Context,
  file: string | undefined,
  output: OutputFormat | undefined,
): Promise<void> {
  const known = new Set(runningBrokers(context).map(({ pid }) => pid))
  await context.startSelf(['broker', 'start', ...againAs(values, file)])
  const started = runningBrokers(context).find(({ pid }) => !known.has(pid))
  if (!started) return
  const { nodeId, bootstrapServers, dataDir, pid } = started
  await show(ready({ nodeId, bootstrapServers, dataDir, pid }), output, context.stdout)
  await write(
    context.stderr,
    `what it has to say goes to ${join(stateFolder(context.env), 'broker-start.log')}; kts broker stop ends it\n`,
  )
}

/** The same options again, without the one that asked for the background. */
function againAs({ port, dataDir, inMemory, override }: StartValues, file: string | undefined): string[] {
  return [
    ...(port === undefined ? [] : [`--port=${port}`]),
    ...(dataDir === undefined ? [] : [`--data-dir=${dataDir}`]),
    ...(inMemory ? ['--in-memory'] : []),
    ...override.map((setting) => `--override=${setting}`),
    ...(file === undefined ? [] : [file]),
  ]
}

interface Started {
  readonly nodeId: number
  readonly bootstrapServers: string
  /** Null for one that keeps everything in memory. */
  readonly dataDir: string | null
  /** Of one in the background. */
  readonly pid?: number
}

/** The answer that scripts wait for. */
function ready(started: Started): Result {
  const { nodeId, bootstrapServers, dataDir, pid } = started
  const place = dataDir === null ? 'in memory' : `data in ${dataDir}`
  return {
    data: started,
    text: () =>
      `Kafka broker ${nodeId} ready at ${bootstrapServers}, ${place}${pid === undefined ? '' : `, pid ${pid}`}\n`,
  }
}

async function aborted(signal: AbortSignal): Promise<void> {
  if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }))
}
