import { pbkdf2, randomBytes } from 'node:crypto'
import { promisify } from 'node:util'
import { AlterUserScramCredentials } from '../../protocol/apis/alter-user-scram-credentials.ts'
import type { KafkaClient } from '../types.ts'
import { sendToController } from './controller.ts'
import { SCRAM_MECHANISMS, type ScramMechanism } from './describe-user-scram-credentials.ts'
import { itemError, type ItemError } from './item-error.ts'

export interface NewScramCredential {
  readonly mechanism: ScramMechanism
  readonly iterations: number
  readonly password: string
}

const SALT_BYTES = 16

/**
 * Gives a user credentials and takes others away (KIP-554). The password itself does not go out: it is salted and
 * hashed here. A broker takes one change of a user at a time.
 */
export async function alterUserScramCredentials(
  client: KafkaClient,
  user: string,
  changes: { upsert: readonly NewScramCredential[]; delete: readonly ScramMechanism[] },
): Promise<ItemError | null> {
  const request = {
    deletions: changes.delete.map((mechanism) => ({ name: user, mechanism: SCRAM_MECHANISMS[mechanism] })),
    upsertions: await Promise.all(changes.upsert.map((credential) => toUpsertion(user, credential))),
  }
  const { results } = await sendToController(
    client,
    (node) => client.send(AlterUserScramCredentials, request, node),
    (response) => response.results.map(({ errorCode }) => errorCode),
  )
  return (
    results.map(({ errorCode, errorMessage }) => itemError(errorCode, errorMessage)).find((error) => error !== null) ??
    null
  )
}

async function toUpsertion(name: string, { mechanism, iterations, password }: NewScramCredential) {
  const salt = randomBytes(SALT_BYTES)
  const [hash, length] = mechanism === 'SCRAM-SHA-256' ? (['sha256', 32] as const) : (['sha512', 64] as const)
  const saltedPassword = await promisify(pbkdf2)(password, salt, iterations, length, hash)
  return { name, mechanism: SCRAM_MECHANISMS[mechanism], iterations, salt, saltedPassword }
}
