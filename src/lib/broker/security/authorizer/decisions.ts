import {
  ACL_OPERATIONS,
  RESOURCE_TYPES,
  type AclOperationName,
  type ResourceTypeName,
} from '../../../protocol/acl-types.ts'
import type { Client } from './authorizer.ts'

/** When so many are kept they are all forgotten: names come from clients. */
const MOST_DECISIONS = 10_000
/** No topic has a longer name; longer ones of other things are not kept. */
const LONGEST_NAME = 249

/** What a client may do with one resource, as far as it has been asked: a bit for each operation. */
class Decided {
  private known = 0
  private allowed = 0

  recall(operation: AclOperationName): boolean | undefined {
    const bit = 1 << ACL_OPERATIONS[operation]
    return (this.known & bit) === 0 ? undefined : (this.allowed & bit) !== 0
  }

  note(operation: AclOperationName, isAllowed: boolean): boolean {
    const bit = 1 << ACL_OPERATIONS[operation]
    this.known |= bit
    if (isAllowed) this.allowed |= bit
    return isAllowed
  }
}

type ByName = Map<string, Decided>
/** By the number of the type. */
type ByType = ByName[]

/** What has been decided since ACLs last changed: the same clients ask for the same with each request. */
export class Decisions {
  private readonly byPrincipal = new Map<string, Map<string, ByType>>()
  private count = 0

  about({ principal, clientHost }: Client, resourceType: ResourceTypeName, resourceName: string): Decided {
    if (resourceName.length > LONGEST_NAME) return new Decided()
    const byType = this.byPrincipal.get(principal)?.get(clientHost)
    return (
      byType?.[RESOURCE_TYPES[resourceType]]?.get(resourceName) ??
      this.add(principal, clientHost, RESOURCE_TYPES[resourceType], resourceName)
    )
  }

  clear(): void {
    this.byPrincipal.clear()
    this.count = 0
  }

  private add(principal: string, clientHost: string, resourceType: number, resourceName: string): Decided {
    if (this.count >= MOST_DECISIONS) this.clear()
    this.count += 1
    let byHost = this.byPrincipal.get(principal)
    if (!byHost) this.byPrincipal.set(principal, (byHost = new Map()))
    let byType = byHost.get(clientHost)
    if (!byType) byHost.set(clientHost, (byType = []))
    const byName = (byType[resourceType] ??= new Map())
    const decided = new Decided()
    byName.set(resourceName, decided)
    return decided
  }
}
