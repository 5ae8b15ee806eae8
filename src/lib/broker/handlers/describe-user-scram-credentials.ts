import { DescribeUserScramCredentials } from '../../protocol/apis/describe-user-scram-credentials.ts'
import { ERRORS } from '../../protocol/errors.ts'
import { handle, onCluster } from '../handle.ts'
import { inTurns } from '../state/turns.ts'
import { repeatedIn } from './shared/repeated.ts'

/** Who has which credentials, never the credentials themselves (ScramImage.describe). */
export const describeUserScramCredentials = handle(
  DescribeUserScramCredentials,
  onCluster('DESCRIBE'),
  async (
    { users },
    {
      broker: {
        turns,
        cluster: { scramCredentials },
      },
    },
  ) => {
    const names = users && users.length > 0 ? users.map(({ name }) => name) : scramCredentials.users()
    const repeated = repeatedIn(names)
    return {
      errorMessage: null,
      results: await inTurns(turns, [...new Set(names)], (user) => {
        if (repeated.has(user)) {
          return {
            user,
            errorCode: ERRORS.DUPLICATE_RESOURCE,
            errorMessage: `Cannot describe SCRAM credentials for the same user twice in a single request: ${user}`,
          }
        }
        const held = [...scramCredentials.of(user)]
        if (held.length === 0) {
          return {
            user,
            errorCode: ERRORS.RESOURCE_NOT_FOUND,
            errorMessage: `Attempt to describe a user credential that does not exist: ${user}`,
          }
        }
        return {
          user,
          errorMessage: null,
          credentialInfos: held.map(([mechanism, { iterations }]) => ({ mechanism, iterations })),
        }
      }),
    }
  },
)
