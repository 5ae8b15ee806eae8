import { randomBytes } from 'node:crypto'
import { SCRAM_MECHANISMS } from '../protocol/apis/describe-user-scram-credentials.ts'
import type { Broker } from './state/broker.ts'
import type { ScramMechanism } from './state/cluster/scram-credentials.ts'
import { keepCredential, saltPassword } from './state/security/scram.ts'

export interface User {
  readonly name: string
  readonly password: string
}

const ITERATIONS = 4096
const SALT_BYTES = 16

/** Lets these users log in by SCRAM; whoever has the same password already keeps what there is. */
export function createUsers({ cluster: { scramCredentials } }: Broker, users: readonly User[]): void {
  for (const { name, password } of users) {
    for (const mechanism of [SCRAM_MECHANISMS['SCRAM-SHA-256'], SCRAM_MECHANISMS['SCRAM-SHA-512']]) {
      const credentialWith = (salt: Buffer, iterations: number) => keep(name, password, mechanism, salt, iterations)
      const held = scramCredentials.of(name).get(mechanism)
      if (held && credentialWith(held.salt, held.iterations).storedKey.equals(held.storedKey)) continue
      scramCredentials.set(name, mechanism, credentialWith(randomBytes(SALT_BYTES), ITERATIONS))
    }
  }
}

function keep(name: string, password: string, mechanism: ScramMechanism, salt: Buffer, iterations: number) {
  const saltedPassword = saltPassword(password, salt, iterations, mechanism)
  return keepCredential({ name, mechanism, iterations, salt, saltedPassword }, mechanism)
}
