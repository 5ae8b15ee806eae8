import type { Acl, AclEntry, AclResource } from '../../lib/client/admin/acls.ts'
import { tableOf, type Column } from '../../lib/output/rows.ts'
import { operationName } from './plan.ts'

/** As Java's ResourcePattern and AccessControlEntry show themselves. */
export const resourceText = ({ resourceType, name, patternType }: AclResource): string =>
  `ResourcePattern(resourceType=${resourceType}, name=${name}, patternType=${patternType})`

export const entryText = ({ principal, host, operation, permissionType }: AclEntry): string =>
  `(principal=${principal}, host=${host}, operation=${operation}, permissionType=${permissionType})`

export const entryLines = (entries: readonly AclEntry[]): string =>
  entries.map((entry) => `\t${entryText(entry)}`).join('\n')

export function listText(acls: readonly Acl[]): string {
  const byResource = new Map<string, Acl[]>()
  for (const acl of acls) byResource.set(resourceText(acl), [...(byResource.get(resourceText(acl)) ?? []), acl])
  return [...byResource]
    .map(([resource, held]) => `Current ACLs for resource \`${resource}\`:\n${entryLines(held)}\n\n`)
    .join('')
}

/** `Removed 2 ACLs.`, and which. */
export const changedTable = (done: string, acls: readonly Acl[], none: string): string =>
  acls.length === 0
    ? `${none}\n`
    : `${done} ${acls.length === 1 ? '1 ACL' : `${acls.length} ACLs`}.\n\n${aclTable(acls, '')}`

export const aclTable = (acls: readonly Acl[], none: string): string => tableOf(acls, COLUMNS, { none, goes: ['HOST'] })

const COLUMNS: readonly Column<Acl>[] = [
  { title: 'PRINCIPAL', value: ({ principal }) => principal },
  { title: 'PERMISSION', value: ({ permissionType }) => permissionType.toLowerCase() },
  { title: 'OPERATION', value: ({ operation }) => operationName(operation) },
  { title: 'RESOURCE', value: ({ resourceType }) => resourceType.toLowerCase().replaceAll('_', ' ') },
  { title: 'NAME', value: ({ name }) => name },
  { title: 'PATTERN', value: ({ patternType }) => patternType.toLowerCase() },
  { title: 'HOST', value: ({ host }) => host },
]
