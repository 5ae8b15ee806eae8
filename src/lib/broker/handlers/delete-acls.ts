import { KafkaError } from '../../errors.ts'
import { DeleteAcls } from '../../protocol/apis/delete-acls.ts'
import { handle, onCluster } from '../handle.ts'
import { refusalOf } from '../state/refusal.ts'
import { aclFilter } from '../state/security/acl-filter.ts'
import { inTurns } from '../state/turns.ts'

export const deleteAcls = handle(
  DeleteAcls,
  onCluster('ALTER'),
  async ({ filters }, { broker: { turns, cluster, authorizer } }) => {
    return {
      filterResults: await inTurns(turns, filters, (filter) => {
        try {
          if (!authorizer) throw new KafkaError('SECURITY_DISABLED', 'No Authorizer is configured.')
          const matching = cluster.acls.all().filter(aclFilter(filter))
          cluster.acls.remove(matching)
          return { errorMessage: null, matchingAcls: matching.map((acl) => ({ ...acl, errorMessage: null })) }
        } catch (error) {
          return { ...refusalOf(error), matchingAcls: [] }
        }
      }),
    }
  },
)
