import type { Acl, AclEntry, AclResource } from '../../lib/client/admin/acls.ts'
import { renderTable } from '../../lib/output/table.ts'
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

export function aclTable(acls: readonly Acl[], none: string): string {
  if (acls.length === 0) return `${none}\n`
  return renderTable(
    ['PRINCIPAL', 'PERMISSION', 'OPERATION', 'RESOURCE', 'NAME', 'PATTERN', 'HOST'],
    acls.map((acl) => [
      acl.principal,
      acl.permissionType.toLowerCase(),
      operationName(acl.operation),
      acl.resourceType.toLowerCase().replaceAll('_', ' '),
      acl.name,
      acl.patternType.toLowerCase(),
      acl.host,
    ]),
    { goes: ['HOST'] },
  )
}
