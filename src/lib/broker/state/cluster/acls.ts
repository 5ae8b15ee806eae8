/**
 * One rule of who may do what; the numbers are Kafka's (ResourceType, PatternType, AclOperation, AclPermissionType).
 */
export interface Acl {
  readonly resourceType: number
  readonly resourceName: string
  readonly patternType: number
  /** `User:alice` */
  readonly principal: string
  /** An address, or `*`. */
  readonly host: string
  readonly operation: number
  readonly permissionType: number
}

export interface AclsChange {
  readonly type: 'acls'
  readonly added: readonly Acl[]
  readonly removed: readonly Acl[]
}

/** The rules that admins have set (AclsImage); no rule is there twice. */
export class Acls {
  private readonly byKey = new Map<string, Acl>()

  constructor(private readonly commit: (change: AclsChange) => void) {}

  all(): Acl[] {
    return [...this.byKey.values()]
  }

  /** All of them or, when the disk refuses, none. */
  add(acls: readonly Acl[]): void {
    const added = acls.filter((acl) => !this.byKey.has(keyOf(acl)))
    if (added.length > 0) this.commit({ type: 'acls', added, removed: [] })
  }

  remove(acls: readonly Acl[]): void {
    if (acls.length > 0) this.commit({ type: 'acls', added: [], removed: acls })
  }

  apply({ added, removed }: AclsChange): void {
    for (const acl of removed) this.byKey.delete(keyOf(acl))
    for (const acl of added) this.byKey.set(keyOf(acl), acl)
  }

  snapshot(): AclsChange[] {
    return this.byKey.size === 0 ? [] : [{ type: 'acls', added: this.all(), removed: [] }]
  }
}

const keyOf = ({ resourceType, resourceName, patternType, principal, host, operation, permissionType }: Acl): string =>
  JSON.stringify([resourceType, resourceName, patternType, principal, host, operation, permissionType])
