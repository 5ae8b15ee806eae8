import { join } from 'node:path'
import { defineOptions, type Context, type Result, type Values } from '../../lib/command/define.ts'
import { clientId, ktsVersion } from '../../lib/command/package.ts'
import { aborted } from '../../lib/command/unless-aborted.ts'
import {
  connectionOptions,
  connectionWords,
  nameConnection,
  parseServers,
  reach,
  type Connection,
} from '../../lib/config/connection.ts'
import { stateFolder } from '../../lib/config/folders.ts'
import { runningRegistries, tryToNoteRegistry } from '../../lib/config/registry-notes.ts'
import { readPropertiesFile } from '../../lib/config/properties-file.ts'
import { EnvironmentError, UserError } from '../../lib/errors.ts'
import { portTaken } from '../../lib/port-holder.ts'
import { show } from '../../lib/output/show.ts'
import { write } from '../../lib/output/write.ts'
import { startRegistry, type RunningRegistry } from '../../lib/registry/serve.ts'
import type { Listener } from '../../lib/registry/server.ts'
import { defineCommand, type Order } from '../../lib/work/command.ts'
import { readServerProperties, type ServerProperties } from './server-properties.ts'
import { readUsers } from './users.ts'

const DEFAULT_PORT = 8081

const options = defineOptions([
  { name: 'daemon', short: 'd', about: 'Start in the background and return when the registry is ready.' },
  {
    name: 'port',
    type: 'integer',
    value: 'PORT',
    about: `Port to listen on (default ${DEFAULT_PORT}; 0 takes a free one).`,
    only: 'kts',
  },
  { name: 'host', value: 'ADDRESS', about: 'Listen on this address in place of this machine alone.', only: 'kts' },
  {
    name: 'advertised-host',
    value: 'NAME',
    about: 'How other registries of the cluster reach this one; the name of --host by default.',
    only: 'kts',
  },
  {
    name: 'user',
    value: 'NAME:PASSWORD',
    repeatable: true,
    about: 'Let in who logs in as this user, and nobody else (HTTP basic).',
    only: 'kts',
  },
  {
    name: 'users-file',
    value: 'FILE',
    about: 'More of them, a NAME:PASSWORD a line: what stands in a command line others may see.',
    completes: 'files',
    only: 'kts',
  },
  ...connectionOptions,
])

type StartValues = Values<typeof options>

export const registryStart = defineCommand({
  examples: [
    { command: 'kts registry start', about: 'A schema registry on localhost:8081, over the broker on localhost:9092.' },
    { command: 'kts registry start --local --daemon', about: 'In the background, over the broker in the box.' },
    { command: 'kts registry start config/schema-registry.properties', about: "With Confluent's own settings file." },
  ],
  options,
  words: [
    {
      name: 'schema-registry.properties',
      about: "Settings as in Confluent's schema-registry.properties.",
      completes: 'files',
      isOptional: true,
    },
  ],
  check({ values: { daemon, user } }) {
    if (daemon && user.length > 0)
      throw new UserError(
        '--daemon: put the users into a file (--users-file): of a process that stays others see the words',
      )
  },
  offline: (order) => (order.values.daemon ? startInBackground(order) : serve(order)),
})

async function serve(order: Order<StartValues>): Promise<void> {
  const { values, context, output, voice } = order
  const properties = await propertiesOf(order)
  const connection = await connectionOf(values, properties, context)
  const listeners = listenersOf(values, properties)
  const registry = await startRegistry({
    cluster: { ...connection, clientId: clientId() },
    listeners,
    topic: properties?.topic,
    replicas: properties?.replicas,
    timeoutMs: properties?.timeoutMs,
    groupId: properties?.groupId,
    compatibilityLevel: properties?.compatibilityLevel,
    advertisedHost: values.advertisedHost ?? properties?.advertisedHost,
    mayLead: properties?.mayLead,
    isModeMutable: properties?.isModeMutable,
    validatesDefaults: properties?.validatesDefaults,
    users: readUsers(values, context.cwd),
    version: ktsVersion(),
    clock: context.clock,
    warn: voice.say,
  }).catch((error: unknown) => {
    const isTaken = error instanceof EnvironmentError && error.code === 'EADDRINUSE'
    throw isTaken ? new EnvironmentError(portTaken(listeners[0]!.port, '--port')) : error
  })
  const forget = tryToNoteRegistry(
    context.env,
    { url: registry.url, port: registry.port, bootstrapServers: connection.bootstrapServers },
    voice.say,
  )
  await show(ready(registry, connection), output, context.stdout)
  if (context.style === 'kts' && context.stderr.isTTY) await write(context.stderr, 'Ctrl-C stops it\n')
  await aborted(context.signal)
  await registry.close()
  forget()
}

/** What the file says; settings that do nothing here are named in one line. */
async function propertiesOf({
  words: [file],
  context,
  voice,
}: Order<StartValues>): Promise<ServerProperties | undefined> {
  if (file === undefined) return undefined
  const properties = await readServerProperties(readPropertiesFile(file, context.cwd), context.clock.now())
  if (properties.unused.length > 0)
    voice.say(`these settings have no effect under kts: ${properties.unused.join(', ')}`)
  return properties
}

/** The options say where the cluster is, and the file where they do not. */
async function connectionOf(
  values: StartValues,
  properties: ServerProperties | undefined,
  context: Context,
): Promise<Connection> {
  const isNamed = connectionWords(values).length > 0
  if (properties?.bootstrapServers === undefined || isNamed) {
    const connection = await nameConnection(values, context)
    await reach(connection, context)
    return { ...connection, properties: new Map([...(properties?.client ?? []), ...connection.properties]) }
  }
  const origin = 'kafkastore.bootstrap.servers'
  return {
    bootstrapServers: parseServers(properties.bootstrapServers, origin),
    properties: new Map(properties.client),
    origin,
    areControllers: false,
    isBox: false,
  }
}

/** Under kts on this machine alone; a file that names nothing means Confluent's default, every address. */
function listenersOf({ port, host }: StartValues, properties: ServerProperties | undefined): readonly Listener[] {
  if (port !== undefined && (port < 0 || port > 65535))
    throw new UserError(`--port ${port}: a port is between 0 (any free one) and 65535`)
  const isPlaced = port !== undefined || host !== undefined
  if (properties?.listeners && !isPlaced) return properties.listeners
  return [{ host: host ?? (properties ? '0.0.0.0' : 'localhost'), port: port ?? DEFAULT_PORT }]
}

async function startInBackground({ values, words, context, output, voice }: Order<StartValues>): Promise<void> {
  const known = runningRegistries(context.env).map(({ pid }) => pid)
  const log = join(stateFolder(context.env), `registry-${process.pid}.log`)
  await context.startSelf(['registry', 'start', ...againAs(values), ...words], log)
  const started = runningRegistries(context.env).find(({ pid }) => !known.includes(pid))
  if (!started) return
  const { url, port, pid } = started
  await show(
    {
      data: { url, port, pid },
      text: () => `Schema registry ready at ${url}, pid ${pid}\n`,
    },
    output,
    context.stdout,
  )
  voice.say(`log: ${log}; stop with: kts registry stop`)
}

const againAs = (values: StartValues): string[] => [
  ...(values.port === undefined ? [] : [`--port=${values.port}`]),
  ...(values.host === undefined ? [] : [`--host=${values.host}`]),
  ...(values.advertisedHost === undefined ? [] : [`--advertised-host=${values.advertisedHost}`]),
  ...(values.usersFile === undefined ? [] : [`--users-file=${values.usersFile}`]),
  ...connectionWords(values, { withSecrets: true }),
]

/** The answer that scripts wait for. */
const ready = ({ url, port, subjects }: RunningRegistry, { bootstrapServers }: Connection): Result => ({
  data: { url, port, bootstrapServers: bootstrapServers.join(','), subjects },
  text: () => `Schema registry ready at ${url}, over ${bootstrapServers.join(',')} (${subjects} subjects)\n`,
})
