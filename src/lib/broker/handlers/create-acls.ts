import { KafkaError } from '../../errors.ts'
import { CreateAcls, type CreateAclsRequest } from '../../protocol/apis/create-acls.ts'
import { handle, onCluster } from '../handle.ts'
import type { Acl } from '../state/cluster/types.ts'
import { refusalOf } from '../state/refusal.ts'
import { checkAcl } from '../state/security/check-acl.ts'
import { inTurns } from '../state/turns.ts'

/** Each one by itself; what is there already is no error. */
export const createAcls = handle(
  CreateAcls,
  onCluster('ALTER'),
  async ({ creations }, { broker: { turns, cluster, authorizer } }) => {
    return {
      results: await inTurns(turns, creations, (creation) => {
        try {
          if (!authorizer) throw new KafkaError('SECURITY_DISABLED', 'No Authorizer is configured.')
          const acl = asAcl(creation)
          checkAcl(acl)
          cluster.acls.add([acl])
          return { errorMessage: null }
        } catch (error) {
          return refusalOf(error)
        }
      }),
    }
  },
)

const asAcl = ({
  resourceType,
  resourceName,
  resourcePatternType,
  principal,
  host,
  operation,
  permissionType,
}: CreateAclsRequest['creations'][number]): Acl => ({
  resourceType,
  resourceName,
  patternType: resourcePatternType,
  principal,
  host,
  operation,
  permissionType,
})
