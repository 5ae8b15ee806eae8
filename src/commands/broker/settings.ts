import { join, resolve } from 'node:path'
import { UserError } from '../../lib/errors.ts'
import { defineOptions, optionGroup, type Context, type Values } from '../../lib/command/define.ts'
import { stateFolder } from '../../lib/config/folders.ts'
import { nameIn } from '../../lib/config/key-values.ts'
import { readPropertiesFile } from '../../lib/config/properties-file.ts'

/** Where a broker is, where it keeps its data, and what it begins with. */
export const placeOptions = defineOptions([
  {
    name: 'daemon',
    short: 'd',
    about: 'Start in the background and return when the broker is ready.',
  },
  {
    name: 'port',
    type: 'integer',
    value: 'PORT',
    about: 'Port to listen on, on this machine only (default 9092; 0 takes a free one).',
    only: 'kts',
  },
  {
    name: 'data-dir',
    value: 'DIR',
    about: 'Folder of the logs (default $XDG_STATE_HOME/kts/data, and kts/cluster for several brokers).',
    only: 'kts',
  },
  {
    name: 'in-memory',
    about: 'Keep everything in memory; it is gone when the broker stops.',
    only: 'kts',
  },
  {
    name: 'topic',
    short: 't',
    value: 'NAME[:PARTITIONS]',
    repeatable: true,
    about: 'Create this topic if it is not there.',
    only: 'kts',
  },
])

export const startOptions = defineOptions([
  ...placeOptions,
  {
    name: 'brokers',
    type: 'integer',
    value: 'COUNT',
    about: 'A cluster of so many, each a process of its own, on this port and those after it.',
    only: 'kts',
  },
  ...optionGroup({ section: 'Who gets in', only: 'kts' }, [
    {
      name: 'tls',
      about: 'Speak TLS, with a certificate of a local authority that is made once; clients get a file of properties.',
    },
    {
      name: 'user',
      value: 'NAME[:PASSWORD]',
      repeatable: true,
      about: 'Have clients log in (SCRAM), this user among them; without a password one is made up. A file has both.',
    },
    {
      name: 'users-file',
      value: 'FILE',
      about: 'More of them, a NAME:PASSWORD a line: what stands in a command line others may see.',
      completes: 'files',
    },
    {
      name: 'acls',
      about: 'Let users do what ACLs allow (kts acls), and the first --user everything.',
    },
    {
      name: 'write-profile',
      value: 'NAME',
      about: 'Note the way in of the first user as this profile, and of each other as NAME-USER.',
    },
  ]),
  {
    name: 'verbose',
    about: 'Tell what clients do: connections, topics, members of groups, transactions.',
    only: 'kts',
  },
  {
    name: 'override',
    value: 'KEY=VALUE',
    repeatable: true,
    about: 'A setting that wins over the file.',
  },
])

export type PlaceValues = Values<typeof placeOptions>
export type StartValues = Values<typeof startOptions>

/** A broker that nothing but its place is said of. */
export const placedOnly = (values: PlaceValues): StartValues => ({
  brokers: undefined,
  tls: false,
  user: [],
  usersFile: undefined,
  acls: false,
  writeProfile: undefined,
  verbose: false,
  override: [],
  ...values,
})

export const LOCAL_PORT = 9092
const REBALANCE_DELAY = 'group.initial.rebalance.delay.ms'

/**
 * What was asked for, as a `server.properties` would say it: the file first, then --override, then the other options.
 */
export async function readSettings(
  values: StartValues,
  context: Context,
  file: string | undefined,
): Promise<Map<string, string>> {
  const settings = await givenSettings(values, context, file)
  const isPlacedByFile = namesListeners(settings)
  if ((values.tls || values.acls) && isPlacedByFile)
    throw new UserError('--tls and --acls make the listener, and the settings name one: keep one of them')
  const wantsPort = values.port !== undefined || !isPlacedByFile
  if (wantsPort) settings.set('listeners', `PLAINTEXT://localhost:${checkPort(values.port ?? LOCAL_PORT)}`)
  if (values.port !== undefined) settings.delete('advertised.listeners')
  const isPlaced = settings.has('log.dirs') || settings.has('log.dir')
  if (values.dataDir !== undefined) settings.set('log.dirs', resolve(context.cwd, values.dataDir))
  else if (!isPlaced) settings.set('log.dirs', join(stateFolder(context.env), 'data'))
  return settings
}

/** Whether one of the options is given that secure a broker in one word. */
export const wantsSecurity = ({ tls, user, usersFile, acls, writeProfile }: StartValues): boolean =>
  tls || acls || user.length > 0 || usersFile !== undefined || writeProfile !== undefined

/** Whether settings say where a broker listens. */
export const namesListeners = (settings: ReadonlyMap<string, string>): boolean =>
  settings.has('listeners') || settings.has('port')

/** What the file and --override say. Throws UserError. */
export async function givenSettings(
  { override: overrides }: StartValues,
  context: Context,
  file: string | undefined,
): Promise<Map<string, string>> {
  const settings = file === undefined ? new Map<string, string>() : readPropertiesFile(file, context.cwd)
  for (const override of overrides) {
    const equals = override.indexOf('=')
    if (equals <= 0) throw new UserError(`--override ${nameIn(override)}: key=value expected`)
    settings.set(override.slice(0, equals).trim(), override.slice(equals + 1).trim())
  }
  await addStaticJaas(settings, context.env['KAFKA_OPTS'])
  // As in the settings file that Kafka ships: a first member need not wait for others who may never come.
  if (file === undefined && !settings.has(REBALANCE_DELAY)) settings.set(REBALANCE_DELAY, '0')
  return settings
}

/** What a JAAS file says that KAFKA_OPTS name, as in Kafka's own scripts. */
async function addStaticJaas(settings: Map<string, string>, javaOptions: string | undefined): Promise<void> {
  if (javaOptions === undefined) return
  const { staticJaasSettings } = await import('../../lib/broker/security/static-jaas.ts')
  const listeners = [...(settings.get('listeners') ?? '').matchAll(/([^\s,:/]+):\/\//g)].map(([, name]) => name!)
  for (const [name, text] of staticJaasSettings(javaOptions, listeners))
    if (!settings.has(name)) settings.set(name, text)
}

export function checkPort(port: number): number {
  if (port < 0 || port > 65535) throw new UserError(`--port ${port}: a port is between 0 (any free one) and 65535`)
  return port
}

/** Where the first listener is; 0 for any free port. */
export function portOf(settings: ReadonlyMap<string, string>): number {
  const port = /:(\d+)/.exec(settings.get('listeners') ?? '')?.[1] ?? settings.get('port')
  return Number(port ?? LOCAL_PORT)
}
