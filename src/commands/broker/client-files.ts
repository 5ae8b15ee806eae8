import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { clientProperties, type Secured } from '../../lib/broker/secured.ts'
import type { User } from '../../lib/broker/user-seeds.ts'
import type { Context } from '../../lib/command/define.ts'
import { stateFolder } from '../../lib/config/folders.ts'
import { writePrivateFile } from '../../lib/config/private-file.ts'
import { checkName } from '../../lib/config/profiles/profile.ts'
import { readProfiles, saveProfile } from '../../lib/config/profiles/profiles-file.ts'
import { UserError } from '../../lib/errors.ts'
import { formatProperties, parseProperties } from '../../lib/properties.ts'
import { parseJaas } from '../../lib/security/jaas.ts'
import type { Order } from '../../lib/work/command.ts'
import type { ClientFile } from './clients.ts'
import { portOf, type StartValues } from './settings.ts'

/** `clients/9092/alice.properties` */
function fileOf(context: Context, port: number, user: string | null): string {
  const name = user === null ? 'client' : encodeURIComponent(user).replaceAll('.', '%2E')
  return join(clientsFolder(context.env), String(port), `${name}.properties`)
}

const clientsFolder = (env: Context['env']): string => join(stateFolder(env), 'clients')

/**
 * Writes the properties of each user, or of anybody where there are none, for their owner only; and their profiles, if
 * they are asked for. Throws EnvironmentError.
 */
export async function makeClients(
  secured: Secured,
  bootstrapServers: string,
  { values, context }: Order<StartValues>,
): Promise<readonly ClientFile[]> {
  const port = portOf(new Map([['listeners', bootstrapServers]]))
  const users: readonly (User | null)[] = secured.users.length > 0 ? secured.users : [null]
  const clients = users.map((user) => {
    const properties = fileOf(context, port, user?.name ?? null)
    writePrivateFile(properties, formatProperties(clientProperties(secured, bootstrapServers, user)))
    return { user: user?.name ?? null, properties }
  })
  if (values.writeProfile !== undefined)
    await writeProfiles(profileNames(values.writeProfile, secured.users), clients, context)
  return clients
}

/** The password that was noted for a user before; undefined without one. */
export function notedPassword(context: Context, port: number, user: string): string | undefined {
  try {
    const properties = parseProperties(readFileSync(fileOf(context, port, user), 'latin1'))
    return parseJaas(properties.get('sasl.jaas.config') ?? '').options.get('password')
  } catch {
    return undefined
  }
}

/** `NAME` for the first user, or for anybody, `NAME-USER` for the others. */
export const profileNames = (name: string, users: readonly User[]): readonly [string, ...string[]] => [
  name,
  ...users.slice(1).map((user) => `${name}-${user.name}`),
]

/** Throws UserError for a name that cannot be, or that a profile of the user's own has. */
export async function checkProfiles(names: readonly string[], { env }: Context): Promise<void> {
  const profiles = await readProfiles(env)
  for (const name of names) {
    checkName(name, '--write-profile: ')
    const file = profiles.get(name)?.commandConfig
    if (profiles.has(name) && !file?.startsWith(clientsFolder(env)))
      throw new UserError(`--write-profile: there is a profile ${name} already, and it is none of such a broker`)
  }
}

async function writeProfiles(
  names: readonly string[],
  clients: readonly ClientFile[],
  { env }: Context,
): Promise<void> {
  for (const [index, { properties: commandConfig }] of clients.entries())
    await saveProfile(env, { ...PLAIN_PROFILE, name: names[index]!, commandConfig })
}

const PLAIN_PROFILE = { local: false, properties: new Map<string, string>(), readOnly: false, confirm: false }
