import { describeAcls, type Acl } from '../../lib/client/admin/acls.ts'
import type { Result } from '../../lib/command/define.ts'
import type { Work } from '../../lib/work/command.ts'
import type { AclsValues } from './options.ts'
import { readPrincipals, readResources } from './plan.ts'
import { aclTable, entryText, listText, resourceText } from './view.ts'

/** Throws KafkaError. */
export async function listAcls({ client, values }: Work<AclsValues>): Promise<Result> {
  const resources = readResources(values)
  const found = distinct(
    (
      await Promise.all(
        (resources.length === 0 ? [null] : resources).map((resource) =>
          describeAcls(client, { resource, entry: null }),
        ),
      )
    ).flat(),
  )
  const principals = readPrincipals(values.principal)
  const of = (principal: string): Acl[] => found.filter((acl) => acl.principal === principal)
  const acls = principals.length === 0 ? found : principals.flatMap(of)
  return {
    data: acls,
    text: () =>
      principals.length === 0
        ? listText(acls)
        : principals.map((principal) => `ACLs for principal \`${principal}\`\n${listText(of(principal))}`).join(''),
    table: () => aclTable(acls, 'No ACLs.'),
  }
}

/** Each of them once, though several filters find it. */
export function distinct(acls: readonly Acl[]): Acl[] {
  return [...new Map(acls.map((acl) => [`${resourceText(acl)} ${entryText(acl)}`, acl])).values()]
}
