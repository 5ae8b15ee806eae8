import { PATTERN_TYPES } from '../../../protocol/acl-types.ts'
import type { Acl } from '../../state/cluster/types.ts'

const WILDCARD = '*'

/** ACLs by what they speak of, so that those that speak of one resource are found without a look at all others. */
export class AclIndex {
  private readonly byType = new Map<number, AclsOfType>()

  add(acl: Acl): void {
    let ofType = this.byType.get(acl.resourceType)
    if (!ofType) this.byType.set(acl.resourceType, (ofType = new AclsOfType()))
    ofType.add(acl)
  }

  remove(acl: Acl): void {
    this.byType.get(acl.resourceType)?.remove(acl)
  }

  /** Those that speak of a resource: by its name, by a prefix of it, or of all of its kind. */
  about(resourceType: number, resourceName: string): readonly Acl[] {
    return this.byType.get(resourceType)?.about(resourceName) ?? []
  }

  ofType(resourceType: number): Iterable<Acl> {
    return this.byType.get(resourceType)?.all() ?? []
  }
}

type ByName = Map<string, Set<Acl>>

class AclsOfType {
  private readonly literal: ByName = new Map()
  private readonly prefixed: ByName = new Map()
  /** Lengths of the prefixes there are, each with how many there are. */
  private readonly lengths = new Map<number, number>()

  add(acl: Acl): void {
    const byName = this.byNameOf(acl)
    const acls = byName.get(acl.resourceName)
    if (acls) {
      acls.add(acl)
      return
    }
    byName.set(acl.resourceName, new Set([acl]))
    if (byName === this.prefixed) this.countLength(acl.resourceName.length, 1)
  }

  remove(acl: Acl): void {
    const byName = this.byNameOf(acl)
    const acls = byName.get(acl.resourceName)
    if (!acls?.delete(acl) || acls.size > 0) return
    byName.delete(acl.resourceName)
    if (byName === this.prefixed) this.countLength(acl.resourceName.length, -1)
  }

  /** Asked with every request: a list is quicker made than a generator. */
  about(name: string): readonly Acl[] {
    const found: Acl[] = []
    const add = (acls: Set<Acl> | undefined): void => acls?.forEach((acl) => found.push(acl))
    add(this.literal.get(name))
    if (name !== WILDCARD) add(this.literal.get(WILDCARD))
    for (const length of this.lengths.keys()) {
      if (length <= name.length) add(this.prefixed.get(name.slice(0, length)))
    }
    return found
  }

  *all(): Generator<Acl> {
    for (const acls of this.literal.values()) yield* acls
    for (const acls of this.prefixed.values()) yield* acls
  }

  private byNameOf({ patternType }: Acl): ByName {
    return patternType === PATTERN_TYPES.PREFIXED ? this.prefixed : this.literal
  }

  private countLength(length: number, change: 1 | -1): void {
    const count = (this.lengths.get(length) ?? 0) + change
    if (count === 0) this.lengths.delete(length)
    else this.lengths.set(length, count)
  }
}
