import type { MetadataRecordOf, NewMetadataRecord } from '../../../protocol/internal-records/index.ts'
import { randomUuid } from '../../../protocol/uuid.ts'
import type { Commit } from './commit.ts'
import type { Delta } from './delta.ts'
import type { Acl } from './types.ts'

/** The rules that admins have set (AclsImage); no rule is there twice. */
export class Acls {
  private readonly byId = new Map<string, Acl>()
  private readonly idsByKey = new Map<string, string>()

  constructor(private readonly commit: Commit) {}

  all(): Acl[] {
    return [...this.byId.values()]
  }

  /** All of them or, when the disk refuses, none. */
  add(acls: readonly Acl[]): void {
    const added = acls.filter((acl) => !this.idsByKey.has(keyOf(acl)))
    this.commit(added.map((acl) => aclRecord(randomUuid(), acl)))
  }

  remove(acls: readonly Acl[]): void {
    this.commit(
      acls.flatMap((acl): NewMetadataRecord[] => {
        const id = this.idsByKey.get(keyOf(acl))
        return id === undefined ? [] : [{ type: 'REMOVE_ACCESS_CONTROL_ENTRY_RECORD', id }]
      }),
    )
  }

  applyAdded({ type: _, id, ...acl }: MetadataRecordOf<'ACCESS_CONTROL_ENTRY_RECORD'>, { addedAcls }: Delta): void {
    // A snapshot tells once more of what is known.
    if (this.byId.has(id)) return
    this.byId.set(id, acl)
    this.idsByKey.set(keyOf(acl), id)
    addedAcls.push(acl)
  }

  applyRemoved({ id }: MetadataRecordOf<'REMOVE_ACCESS_CONTROL_ENTRY_RECORD'>, { removedAcls }: Delta): void {
    const acl = this.byId.get(id)
    if (!acl) return
    this.idsByKey.delete(keyOf(acl))
    this.byId.delete(id)
    removedAcls.push(acl)
  }

  *records(): Generator<NewMetadataRecord> {
    for (const [id, acl] of this.byId) yield aclRecord(id, acl)
  }
}

const aclRecord = (id: string, acl: Acl): NewMetadataRecord => ({ type: 'ACCESS_CONTROL_ENTRY_RECORD', id, ...acl })

const keyOf = ({ resourceType, resourceName, patternType, principal, host, operation, permissionType }: Acl): string =>
  JSON.stringify([resourceType, resourceName, patternType, principal, host, operation, permissionType])
