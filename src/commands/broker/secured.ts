import { randomBytes } from 'node:crypto'
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
import { notedPassword } from './client-files.ts'
import { portOf, type StartValues } from './settings.ts'

const PASSWORD_BYTES = 18

/**
 * What --tls, --user, --users-file and --acls mean. Certificates are made where there are none, passwords where none is
 * given. Throws UserError, EnvironmentError where they cannot be kept.
 */
export function readSecured(values: StartValues, context: Context, port: number): Secured {
  const users = readUsers(values, context, port)
  if (values.acls && users.length === 0)
    throw new UserError(
      '--acls goes with --user or --users-file: the first user may do everything, others what ACLs allow',
    )
  if (values.writeProfile !== undefined && !values.tls && users.length === 0)
    throw new UserError('--write-profile goes with --tls, --user or --users-file')
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
 * Adds to the settings of a broker what secures it; they win over it, but for its listener. Throws what `readSecured`
 * throws.
 */
export function secure(settings: Map<string, string>, values: StartValues, context: Context): Secured {
  const port = portOf(settings)
  const secured = readSecured(values, context, port)
  const address = formatAddress({ host: 'localhost', port })
  for (const [name, value] of securedSettings(secured, address))
    if (name === 'listeners' || !settings.has(name)) settings.set(name, value)
  return secured
}

/**
 * The users in a file for a process in the background, whose command line others may see; undefined where there are
 * none. It is to be removed when that process has read it. Throws EnvironmentError.
 */
export function usersInFile({ user, usersFile }: StartValues, context: Context): string | undefined {
  if (user.length === 0) return usersFile
  const file = join(stateFolder(context.env), `users-${process.pid}`)
  const lines = [...user, ...(usersFile === undefined ? [] : linesOf(usersFile, context.cwd))]
  writePrivateFile(file, lines.map((line) => `${line}\n`).join(''))
  return file
}

/** `NAME:PASSWORD`, or `NAME`, whose password is the one that was noted before, or made up. */
function readUsers({ user, usersFile }: StartValues, context: Context, port: number): User[] {
  const ofFile = usersFile === undefined ? [] : linesOf(usersFile, context.cwd)
  const users = [...user, ...ofFile].map((entry) => {
    const [, name = '', password] = /^([^:]*)(?::(.*))?$/s.exec(entry) ?? []
    // Whatever follows the colon is a secret, and so is what should have followed it.
    if (name === '' || password === '') throw new UserError('--user takes NAME:PASSWORD, or NAME')
    return {
      name,
      password: password ?? notedPassword(context, port, name) ?? randomBytes(PASSWORD_BYTES).toString('base64url'),
    }
  })
  const names = users.map(({ name }) => name)
  const twice = names.find((name, index) => names.indexOf(name) !== index)
  if (twice !== undefined) throw new UserError(`user ${twice} is named twice`)
  return users
}

const linesOf = (file: string, cwd: string): string[] =>
  readText(file, { cwd, before: '--users-file ' })
    .split(/\r?\n/)
    .filter((line) => line.trim() !== '' && !line.startsWith('#'))
