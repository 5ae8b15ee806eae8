import { randomBytes } from 'node:crypto'
import { rmSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { securedSettings, type Secured } from '../../lib/broker/secured.ts'
import type { User } from '../../lib/broker/user-seeds.ts'
import type { Context } from '../../lib/command/define.ts'
import { stateFolder } from '../../lib/config/folders.ts'
import { EnvironmentError, UserError } from '../../lib/errors.ts'
import { fileProblem, readText } from '../../lib/files.ts'
import { keepCertificates } from '../../lib/security/certificates/local-certificates.ts'
import { formatAddress } from '../../lib/address.ts'
import { writePrivateFile } from '../../lib/config/private-file.ts'
import { checkProfiles, notedPassword, profileNames } from './client-files.ts'
import { portOf, type StartValues } from './settings.ts'

const PASSWORD_BYTES = 18

/**
 * What --tls, --user, --users-file and --acls mean. Certificates are made where there are none, passwords where none is
 * given. Throws UserError, EnvironmentError where they cannot be kept.
 */
export async function readSecured(values: StartValues, context: Context, port: number): Promise<Secured> {
  const users = readUsers(values, context, port)
  if (values.acls && users.length === 0)
    throw new UserError(
      '--acls goes with --user or --users-file: the first user may do everything, others what ACLs allow',
    )
  if (values.writeProfile !== undefined && !values.tls && users.length === 0)
    throw new UserError('--write-profile goes with --tls, --user or --users-file')
  if (values.writeProfile !== undefined) await checkProfiles(profileNames(values.writeProfile, users), context)
  // Brokers of a cluster know each other by certificates, whatever clients speak.
  const stores = values.tls || values.brokers !== undefined ? keepLocalCertificates(context) : NO_STORES
  return { tls: values.tls, users, acls: values.acls, ...stores }
}

const NO_STORES: Pick<Secured, 'keyStore' | 'trustStore'> = { keyStore: new Map(), trustStore: new Map() }

function keepLocalCertificates({ env, clock }: Context): Pick<Secured, 'keyStore' | 'trustStore'> {
  const folder = join(stateFolder(env), 'tls')
  const hosts = [...new Set(['localhost', '127.0.0.1', '::1', hostname()])]
  try {
    const { authority, server } = keepCertificates(folder, hosts, clock.now())
    return { keyStore: pemStore('keystore', server), trustStore: pemStore('truststore', authority) }
  } catch (error) {
    throw new EnvironmentError(`${folder} cannot be written: ${fileProblem(error)}`, { cause: error })
  }
}

const pemStore = (store: string, location: string): ReadonlyMap<string, string> =>
  new Map([
    [`ssl.${store}.type`, 'PEM'],
    [`ssl.${store}.location`, location],
  ])

/**
 * What secures a broker of this process. Where the settings say nothing of its listener, what does is added to them;
 * where they do, --user only makes users. Throws what `readSecured` throws.
 */
export async function secure(
  settings: Map<string, string>,
  values: StartValues,
  context: Context,
  { isPlacedByFile }: { readonly isPlacedByFile: boolean },
): Promise<{ readonly users: readonly User[]; readonly secured: Secured | null }> {
  const port = portOf(settings)
  if (isPlacedByFile) return { users: readUsers(values, context, null), secured: null }
  const secured = await readSecured(values, context, port)
  const address = formatAddress({ host: 'localhost', port })
  for (const [name, value] of securedSettings(secured, address))
    if (name === 'listeners' || !settings.has(name)) settings.set(name, value)
  return { users: secured.users, secured }
}

/**
 * Hands users to a process in the background by a file, as others may see its command line. Throws EnvironmentError.
 */
export async function withUsersFile(
  lines: readonly string[],
  context: Context,
  action: (file: string) => Promise<void>,
): Promise<void> {
  const file = join(stateFolder(context.env), `users-${process.pid}`)
  writePrivateFile(file, lines.map((line) => `${line}\n`).join(''))
  try {
    await action(file)
  } finally {
    rmSync(file, { force: true })
  }
}

/** `NAME:PASSWORD` or `NAME` each, of --user and --users-file. Throws UserError. */
export const userLines = ({ user, usersFile }: StartValues, cwd: string): string[] => [
  ...user,
  ...(usersFile === undefined ? [] : linesOf(usersFile, cwd)),
]

/** Without a password the one that was noted at this port before, or a new one; with no port it is needed. */
function readUsers(values: StartValues, context: Context, port: number | null): User[] {
  const users = userLines(values, context.cwd).map((line) => {
    const [, name = '', given] = /^([^:\r\n]*)(?::([^\r\n]*))?$/.exec(line) ?? []
    const password = given ?? (port === null ? '' : (notedPassword(context, port, name) ?? newPassword()))
    // Whatever follows the colon is a secret, and so may be what stands in place of a name.
    if (name === '' || password === '')
      throw new UserError(
        `--user takes NAME:PASSWORD${port === null ? ' where the settings name listeners' : ', or NAME'}`,
      )
    return { name, password }
  })
  const names = users.map(({ name }) => name)
  const twice = names.find((name, index) => names.indexOf(name) !== index)
  if (twice !== undefined) throw new UserError(`user ${twice} is named twice`)
  return users
}

const newPassword = (): string => randomBytes(PASSWORD_BYTES).toString('base64url')

const linesOf = (file: string, cwd: string): string[] =>
  readText(file, { cwd, before: '--users-file ' })
    .split(/\r?\n/)
    .filter((line) => line.trim() !== '' && !line.startsWith('#'))
