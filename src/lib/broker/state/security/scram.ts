import { createHmac, createHash, pbkdf2Sync } from 'node:crypto'
import { KafkaError } from '../../../errors.ts'
import { nameOf } from '../../../protocol/name-of.ts'
import { SCRAM_MECHANISMS } from '../../../protocol/apis/describe-user-scram-credentials.ts'
import type { ScramCredential, ScramCredentials, ScramMechanism } from '../cluster/scram-credentials.ts'

export interface ScramUpsertion {
  readonly name: string
  readonly mechanism: number
  readonly iterations: number
  readonly salt: Buffer
  readonly saltedPassword: Buffer
}

export interface ScramDeletion {
  readonly name: string
  readonly mechanism: number
}

const MIN_ITERATIONS = 4096
const MAX_ITERATIONS = 16384

/**
 * The mechanism of a new credential. Throws KafkaError for one that cannot be (ScramControlManager.validateUpsertion).
 */
export function checkUpsertion({ name, mechanism, iterations }: ScramUpsertion): ScramMechanism {
  const known = checkUser(name, mechanism)
  if (iterations < MIN_ITERATIONS) throw new KafkaError('UNACCEPTABLE_CREDENTIAL', 'Too few iterations')
  if (iterations > MAX_ITERATIONS) throw new KafkaError('UNACCEPTABLE_CREDENTIAL', 'Too many iterations')
  return known
}

/** The mechanism of a credential to be taken away. Throws KafkaError for one that is not there. */
export function checkDeletion(credentials: ScramCredentials, { name, mechanism }: ScramDeletion): ScramMechanism {
  const known = checkUser(name, mechanism)
  if (credentials.of(name).has(known)) return known
  throw new KafkaError('RESOURCE_NOT_FOUND', 'Attempt to delete a user credential that does not exist')
}

/** What is kept of a salted password: it lets nobody log in elsewhere (RFC 5802, section 3). */
export function keepCredential(
  { iterations, salt, saltedPassword }: ScramUpsertion,
  mechanism: ScramMechanism,
): ScramCredential {
  const { hash } = digestOf(mechanism)
  const keyed = (label: string): Buffer => createHmac(hash, saltedPassword).update(label).digest()
  const storedKey = createHash(hash).update(keyed('Client Key')).digest()
  return { iterations, salt, storedKey, serverKey: keyed('Server Key') }
}

/** `SaltedPassword` of RFC 5802, section 3. */
export function saltPassword(password: string, salt: Buffer, iterations: number, mechanism: ScramMechanism): Buffer {
  const { hash, length } = digestOf(mechanism)
  return pbkdf2Sync(password, salt, iterations, length, hash)
}

const digestOf = (mechanism: ScramMechanism): { hash: string; length: number } =>
  mechanism === SCRAM_MECHANISMS['SCRAM-SHA-256'] ? { hash: 'sha256', length: 32 } : { hash: 'sha512', length: 64 }

function checkUser(name: string, mechanism: number): ScramMechanism {
  if (name === '') throw new KafkaError('UNACCEPTABLE_CREDENTIAL', 'Username must not be empty')
  const known = nameOf(SCRAM_MECHANISMS, mechanism)
  if (known === 'UNKNOWN') throw new KafkaError('UNSUPPORTED_SASL_MECHANISM', 'Unknown SCRAM mechanism')
  return SCRAM_MECHANISMS[known]
}
