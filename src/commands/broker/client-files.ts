import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { clientProperties, type Secured } from '../../lib/broker/secured.ts'
import type { User } from '../../lib/broker/user-seeds.ts'
import type { Context } from '../../lib/command/define.ts'
import { stateFolder } from '../../lib/config/folders.ts'
import { writePrivateFile } from '../../lib/config/private-file.ts'
import { saveProfile } from '../../lib/config/profiles/profiles-file.ts'
import { formatProperties, parseProperties } from '../../lib/properties.ts'
import { parseJaas } from '../../lib/security/jaas.ts'
import type { Order } from '../../lib/work/command.ts'
import type { ClientFile } from './clients.ts'
import { portOf, type StartValues } from './settings.ts'

/** `clients/9092/alice.properties` */
function fileOf(context: Context, port: number, user: string | null): string {
  const name = user === null ? 'client' : encodeURIComponent(user).replaceAll('.', '%2E')
  return join(stateFolder(context.env), 'clients', String(port), `${name}.properties`)
}

/**
 * Writes the properties of each user, or of anybody where there are none, for their owner only; and the profile of the
 * first, if one is asked for. Throws EnvironmentError.
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
  if (values.writeProfile !== undefined) await writeProfile(values.writeProfile, clients[0]!, context)
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

async function writeProfile(name: string, { properties: commandConfig }: ClientFile, { env }: Context): Promise<void> {
  await saveProfile(env, { name, local: false, commandConfig, properties: new Map(), readOnly: false, confirm: false })
}
