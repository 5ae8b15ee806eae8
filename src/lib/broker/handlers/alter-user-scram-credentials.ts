import { KafkaError } from '../../errors.ts'
import { AlterUserScramCredentials } from '../../protocol/apis/alter-user-scram-credentials.ts'
import { handle, onCluster } from '../handle.ts'
import { refusalOf } from '../state/refusal.ts'
import { checkDeletion, checkUpsertion, keepCredential } from '../state/security/scram.ts'
import { inTurns } from '../state/turns.ts'
import { firstByKey, repeatedIn } from './shared/repeated.ts'

/** One change for a user at a time; whoever is named twice keeps what there was (KIP-554). */
export const alterUserScramCredentials = handle(
  AlterUserScramCredentials,
  onCluster('ALTER'),
  async (
    { deletions, upsertions },
    {
      broker: {
        turns,
        cluster: { scramCredentials },
      },
    },
  ) => {
    const repeated = repeatedIn([...deletions, ...upsertions].map(({ name }) => name))
    const attempt = (user: string, change: () => void) => {
      try {
        if (repeated.has(user)) {
          throw new KafkaError('DUPLICATE_RESOURCE', 'A user credential cannot be altered twice in the same request')
        }
        change()
        return { user, errorMessage: null }
      } catch (error) {
        return { user, ...refusalOf(error) }
      }
    }
    const results = [
      ...(await inTurns(turns, deletions, (item) =>
        attempt(item.name, () => scramCredentials.set(item.name, checkDeletion(scramCredentials, item), null)),
      )),
      ...(await inTurns(turns, upsertions, (item) =>
        attempt(item.name, () => {
          const mechanism = checkUpsertion(item)
          scramCredentials.set(item.name, mechanism, keepCredential(item, mechanism))
        }),
      )),
    ]
    return { results: firstByKey(results, ({ user }) => user) }
  },
)
