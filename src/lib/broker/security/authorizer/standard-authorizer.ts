import {
  ACL_OPERATIONS,
  PATTERN_TYPES,
  PERMISSION_TYPES,
  RESOURCE_TYPES,
  type AclOperationName,
  type ResourceTypeName,
} from '../../../protocol/acl-types.ts'
import type { Acl } from '../../state/cluster/types.ts'
import type { Cluster } from '../../state/cluster/cluster.ts'
import { AclIndex } from './acl-index.ts'
import type { Authorizer, Client } from './authorizer.ts'
import { Decisions } from './decisions.ts'
import { denialText } from './denial-text.ts'
import type { AuthorizerSettings } from '../../state/configs/authorizer-settings.ts'

const EVERYBODY = 'User:*'
const ANYWHERE = '*'
const EVERYTHING = '*'

/** Who is allowed one of these is allowed to look as well; nobody is forbidden to look by a denial of one of them. */
const IMPLY: Readonly<Record<number, ReadonlySet<number>>> = {
  [ACL_OPERATIONS.DESCRIBE]: new Set([
    ACL_OPERATIONS.READ,
    ACL_OPERATIONS.WRITE,
    ACL_OPERATIONS.DELETE,
    ACL_OPERATIONS.ALTER,
  ]),
  [ACL_OPERATIONS.DESCRIBE_CONFIGS]: new Set([ACL_OPERATIONS.ALTER_CONFIGS]),
}

/** What an answer rests on: an ACL, or that there is none. */
interface Rule {
  readonly isAllowed: boolean
  readonly acl: Acl | null
}

/** Rights by the ACLs of the cluster's metadata, as Kafka's StandardAuthorizer reads them; it follows their changes. */
export class StandardAuthorizer implements Authorizer {
  private readonly index = new AclIndex()
  private readonly decisions = new Decisions()

  /** `tell` is told of denials; left out, nobody is. */
  constructor(
    private readonly settings: AuthorizerSettings,
    cluster: Pick<Cluster, 'acls' | 'listen'>,
    private readonly tell?: (line: string) => void,
  ) {
    for (const acl of cluster.acls.all()) this.index.add(acl)
    cluster.listen({
      onAclAdded: (acl) => {
        this.index.add(acl)
        this.decisions.clear()
      },
      onAclRemoved: (acl) => {
        this.index.remove(acl)
        this.decisions.clear()
      },
    })
  }

  isAllowed(
    client: Client,
    operation: AclOperationName,
    resourceType: ResourceTypeName,
    resourceName: string,
    request?: string,
  ): boolean {
    if (this.settings.superUsers.has(client.principal)) return true
    const decided = this.decisions.about(client, resourceType, resourceName)
    const isAllowed =
      decided.recall(operation) ??
      decided.note(operation, this.judge(client, operation, resourceType, resourceName).isAllowed)
    if (!isAllowed && request !== undefined && this.tell) {
      const { acl } = this.judge(client, operation, resourceType, resourceName)
      this.tell(denialText({ client, operation, resourceType, resourceName, request, acl }))
    }
    return isAllowed
  }

  /** One denial outweighs all that allows; where ACLs speak of the resource, and none of this, it is denied. */
  private judge(
    client: Client,
    operation: AclOperationName,
    resourceType: ResourceTypeName,
    resourceName: string,
  ): Rule {
    const wanted = ACL_OPERATIONS[operation]
    const acls = this.index.about(RESOURCE_TYPES[resourceType], resourceName)
    let allowing: Acl | null = null
    for (const acl of acls) {
      if (!isOf(acl, client)) continue
      if (acl.permissionType === PERMISSION_TYPES.DENY && isAbout(acl, wanted)) return { isAllowed: false, acl }
      if (acl.permissionType === PERMISSION_TYPES.ALLOW && allows(acl, wanted)) allowing ??= acl
    }
    const isAllowed = allowing !== null || (acls.length === 0 && this.settings.allowsEveryoneIfNoAcl)
    return { isAllowed, acl: allowing }
  }

  /**
   * A pattern that allows counts unless one that denies covers all of it (Authorizer.authorizeByResourceType): so no
   * resource has to be known.
   */
  isAllowedByAnyResource(client: Client, operation: AclOperationName, resourceType: ResourceTypeName): boolean {
    // A name like any other: super users may, and those who may where no ACL forbids it.
    if (this.isAllowed(client, operation, resourceType, 'hardcode')) return true
    const wanted = ACL_OPERATIONS[operation]
    const ofClient = [...this.index.ofType(RESOURCE_TYPES[resourceType])].filter(
      (acl) => isOf(acl, client) && isAbout(acl, wanted),
    )
    const [allowed, denied] = [PERMISSION_TYPES.ALLOW, PERMISSION_TYPES.DENY].map((type) =>
      ofClient.filter(({ permissionType }) => permissionType === type),
    )
    return allowed!.some((acl) => !denied!.some((denial) => covers(denial, acl)))
  }
}

const isOf = ({ principal, host }: Acl, { principal: asking, clientHost }: Client): boolean =>
  (principal === asking || principal === EVERYBODY) &&
  (host === ANYWHERE || (clientHost.length === host.length + 1 && clientHost.endsWith(host)))

const isAbout = ({ operation }: Acl, wanted: number): boolean =>
  operation === wanted || operation === ACL_OPERATIONS.ALL

const allows = (acl: Acl, wanted: number): boolean =>
  isAbout(acl, wanted) || (IMPLY[wanted]?.has(acl.operation) ?? false)

/** Whether all that a pattern speaks of is spoken of by a wider one. */
function covers(wider: Acl, acl: Acl): boolean {
  if (isEverything(wider)) return true
  if (isEverything(acl)) return false
  if (wider.patternType === PATTERN_TYPES.PREFIXED) return acl.resourceName.startsWith(wider.resourceName)
  return acl.patternType === PATTERN_TYPES.LITERAL && acl.resourceName === wider.resourceName
}

const isEverything = ({ patternType, resourceName }: Acl): boolean =>
  patternType === PATTERN_TYPES.LITERAL && resourceName === EVERYTHING
