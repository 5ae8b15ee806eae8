import { deleteAcls, describeAcls, type AclFilter } from '../../lib/client/admin/acls.ts'
import { asKafkaError, itemSentence } from '../../lib/client/admin/item-error.ts'
import type { KafkaClient } from '../../lib/client/types.ts'
import type { Context, OutputFormat, Result } from '../../lib/command/define.ts'
import { EnvironmentError } from '../../lib/errors.ts'
import { askYesNo, isAtTerminal, readAnswer } from '../../lib/output/ask.ts'
import { isForPeople } from '../../lib/output/formats.ts'
import { write } from '../../lib/output/write.ts'
import { distinct } from './list.ts'
import type { AclsValues } from './options.ts'
import { planAcls, type AclPlan } from './plan.ts'
import { aclTable, entryLines, entryText, resourceText } from './view.ts'

/** Under kts what would go is shown first, and one question asked. Throws KafkaError. */
export async function removeAcls(client: KafkaClient, values: AclsValues, context: Context, output?: OutputFormat): Promise<Result> {
  const filters = planAcls(values).flatMap(filtersOf)
  const found = distinct((await Promise.all(filters.map((filter) => describeAcls(client, filter)))).flat())
  if (found.length > 0 && !values.force) {
    await write(isForPeople(output) ? context.stdout : context.stderr, aclTable(found, ''))
    const isSure = await askYesNo(context, `Remove ${found.length === 1 ? 'this ACL' : `these ${found.length} ACLs`}?`)
    if (!isSure) return { data: [], text: () => '', table: () => 'Nothing was removed.\n' }
  }
  const answers = found.length === 0 ? [] : await deleteAcls(client, filters)
  const failed = answers.filter(({ error }) => error !== null)
  for (const { acl, error } of failed) await write(context.stderr, `${context.program}: ${itemSentence(`Cannot remove ${entryText(acl)} from ${resourceText(acl)}`, error!)}\n`)
  const removed = distinct(answers.flatMap(({ acl, error }) => (error ? [] : [acl])))
  return {
    data: removed,
    text: () => '',
    table: () => (values.force ? aclTable(removed, 'No such ACL.') : `Removed ${removed.length} of ${found.length}.\n`),
    exitCode: failed.length > 0 ? 1 : 0,
  }
}

/** Apache's tool asks for each resource, at a terminal only, and says nothing of what it has done. Throws KafkaError. */
export async function removeAsApache(client: KafkaClient, values: AclsValues, context: Context): Promise<Result> {
  for (const plan of planAcls(values)) {
    if (!values.force && !(await confirm(plan, context))) continue
    for (const { acl, error } of await deleteAcls(client, filtersOf(plan))) {
      if (error) throw asKafkaError(error, `Cannot remove ${entryText(acl)} from ${resourceText(acl)}`)
    }
  }
  return { data: null, text: () => '' }
}

async function confirm({ resource, entries }: AclPlan, context: Context): Promise<boolean> {
  const question = entries.length === 0 ? `delete all ACLs for resource filter \`${resourceText(resource)}\``
    : `remove ACLs: \n ${entryLines(entries)}\n from resource filter \`${resourceText(resource)}\``
  await write(context.stdout, `Are you sure you want to ${question}? (y/n)\n`)
  if (!isAtTerminal(context)) throw new EnvironmentError('nobody is there to be asked; --force removes without a question')
  return (await readAnswer(context)).toLowerCase() === 'y'
}

/** Without entries whatever the resource has. */
const filtersOf = ({ resource, entries }: AclPlan): AclFilter[] => (entries.length === 0 ? [{ resource, entry: null }] : entries.map((entry) => ({ resource, entry })))
