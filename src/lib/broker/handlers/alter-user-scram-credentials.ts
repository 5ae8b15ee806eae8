import { KafkaError } from '../../errors.ts'
import { AlterUserScramCredentials } from '../../protocol/apis/alter-user-scram-credentials.ts'
import { handle } from '../handle.ts'
import { refusalOf } from '../state/refusal.ts'
import { checkDeletion, checkUpsertion, keepCredential } from '../state/security/scram.ts'

/** One change for a user at a time; whoever is named twice keeps what there was (KIP-554). */
export const alterUserScramCredentials = handle(AlterUserScramCredentials, ({ deletions, upsertions }, { broker: { cluster: { scramCredentials } } }) => {
  const names = [...deletions, ...upsertions].map(({ name }) => name)
  const attempt = (user: string, change: () => void) => {
    try {
      if (names.indexOf(user) !== names.lastIndexOf(user)) {
        throw new KafkaError('DUPLICATE_RESOURCE', 'A user credential cannot be altered twice in the same request')
      }
      change()
      return { user, errorMessage: null }
    } catch (error) {
      return { user, ...refusalOf(error) }
    }
  }
  const results = [
    ...deletions.map((item) => attempt(item.name, () => scramCredentials.set(item.name, checkDeletion(scramCredentials, item), null))),
    ...upsertions.map((item) => attempt(item.name, () => {
      const mechanism = checkUpsertion(item)
      scramCredentials.set(item.name, mechanism, keepCredential(item, mechanism))
    })),
  ]
  return { results: results.filter(({ user }, index) => names.indexOf(user) === index) }
})
