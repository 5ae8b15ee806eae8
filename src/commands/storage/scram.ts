import { randomBytes } from 'node:crypto'
import { keepCredential, saltPassword } from '../../lib/broker/state/security/scram.ts'
import { UserError } from '../../lib/errors.ts'
import { SCRAM_MECHANISMS } from '../../lib/protocol/apis/describe-user-scram-credentials.ts'
import type { NewMetadataRecord } from '../../lib/protocol/internal-records/index.ts'

const [MIN_ITERATIONS, MAX_ITERATIONS] = [4096, 16384]
const SALT_BYTES = 16

/**
 * The record of a user: `SCRAM-SHA-256=[name=alice,password=secret]`, or with `salt` and `saltedpassword` in base64,
 * and `iterations`. Throws UserError in the words of Kafka's ScramParser.
 */
export function scramRecord(argument: string): NewMetadataRecord {
  const text = argument.trim()
  const equals = text.indexOf('=')
  if (equals < 0) throw new UserError(`Failed to find equals sign in SCRAM argument '${text}'`)
  const [name, config] = [text.slice(0, equals), text.slice(equals + 1)]
  if (name !== 'SCRAM-SHA-256' && name !== 'SCRAM-SHA-512')
    throw new UserError(`The add-scram mechanism ${name} is not supported.`)
  if (!config.startsWith('[')) throw new UserError('Expected configuration string to start with [')
  if (!config.endsWith(']')) throw new UserError('Expected configuration string to end with ]')
  const mechanism = SCRAM_MECHANISMS[name]
  const user = readUser(new Map(config.slice(1, -1).split(',').map(component)), name)
  const { salt, storedKey, serverKey, iterations } = keepCredential({ mechanism, ...user }, mechanism)
  return { type: 'USER_SCRAM_CREDENTIAL_RECORD', name: user.name, mechanism, salt, storedKey, serverKey, iterations }
}

function component(text: string): readonly [key: string, value: string] {
  const equals = text.indexOf('=')
  if (equals < 0) throw new UserError(`No equals sign found in SCRAM component: ${text}`)
  const value = text.slice(equals + 1)
  return [text.slice(0, equals), /^"(.*)"$/s.exec(value)?.[1] ?? value]
}

function readUser(components: ReadonlyMap<string, string>, mechanism: keyof typeof SCRAM_MECHANISMS) {
  const {
    name,
    salt: writtenSalt,
    iterations: count = '4096',
    password,
    saltedpassword,
    ...others
  } = Object.fromEntries<string | undefined>(components)
  if (name === undefined) throw new UserError("You must supply 'name' to add-scram")
  const givenSalt = writtenSalt === undefined ? undefined : fromBase64('salt', writtenSalt)
  if (!/^[+-]?\d+$/.test(count)) throw new UserError(`Failed to parse iterations count: ${count}`)
  if (password === undefined && saltedpassword === undefined)
    throw new UserError("You must supply one of 'password' or 'saltedpassword' to add-scram")
  if (password === undefined && givenSalt === undefined)
    throw new UserError("You must supply 'salt' with 'saltedpassword' to add-scram")
  const strange = Object.keys(others)
  if (strange.length > 0) throw new UserError(`Unknown SCRAM configurations: ${strange.sort().join(', ')}`)
  const iterations = checkIterations(Number(count), mechanism)
  const salt = givenSalt ?? randomBytes(SALT_BYTES)
  const saltedPassword =
    password === undefined
      ? fromBase64('saltedPassword', saltedpassword!)
      : saltPassword(password, salt, iterations, SCRAM_MECHANISMS[mechanism])
  return { name, salt, iterations, saltedPassword }
}

function checkIterations(iterations: number, mechanism: string): number {
  const how = mechanism.replaceAll('-', '_')
  if (iterations < MIN_ITERATIONS)
    throw new UserError(`The 'iterations' value must be >= ${MIN_ITERATIONS} for add-scram using ${how}`)
  if (iterations > MAX_ITERATIONS)
    throw new UserError(`The 'iterations' value must be <= ${MAX_ITERATIONS} for add-scram using ${how}`)
  return iterations
}

function fromBase64(what: string, text: string): Buffer {
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text)) throw new UserError(`Failed to decode given ${what}: ${text}`)
  return Buffer.from(text, 'base64')
}
