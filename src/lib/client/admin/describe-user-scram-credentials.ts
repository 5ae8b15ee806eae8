import { nameOf } from '../../protocol/name-of.ts'
import {
  DescribeUserScramCredentials,
  SCRAM_MECHANISMS,
  type ScramMechanism,
} from '../../protocol/apis/describe-user-scram-credentials.ts'
import type { KafkaClient } from '../types.ts'
import { asKafkaError, itemError } from './item-error.ts'

export { SCRAM_MECHANISMS, type ScramMechanism }

export interface UserScramCredentials {
  readonly user: string
  /** Never the password, nor anything made of it. */
  readonly credentials: readonly { readonly mechanism: ScramMechanism | 'UNKNOWN'; readonly iterations: number }[]
}

/**
 * Which credentials users have; of all users when none are named. Users without any are left out. Throws KafkaError.
 */
export async function describeUserScramCredentials(
  client: KafkaClient,
  users: readonly string[],
): Promise<UserScramCredentials[]> {
  const response = await client.send(DescribeUserScramCredentials, {
    users: users.length > 0 ? users.map((name) => ({ name })) : null,
  })
  const failed = itemError(response.errorCode, response.errorMessage)
  if (failed) throw asKafkaError(failed, 'Cannot describe SCRAM credentials')
  return response.results.flatMap(({ user, errorCode, errorMessage, credentialInfos }) => {
    const error = itemError(errorCode, errorMessage)
    if (error && error.code !== 'RESOURCE_NOT_FOUND')
      throw asKafkaError(error, `Cannot describe the SCRAM credentials of user ${user}`)
    return error
      ? []
      : [
          {
            user,
            credentials: credentialInfos.map(({ mechanism, iterations }) => ({
              mechanism: nameOf(SCRAM_MECHANISMS, mechanism),
              iterations,
            })),
          },
        ]
  })
}
