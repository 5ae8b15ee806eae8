import { deleteAcls, describeAcls, type Acl, type AclFilter } from '../../lib/client/admin/acls.ts'
import { asKafkaError } from '../../lib/client/admin/item-error.ts'
import type { Context, Result } from '../../lib/command/define.ts'
import { changing } from '../../lib/work/changing.ts'
import type { Work } from '../../lib/work/command.ts'
import { settle } from '../../lib/work/failures.ts'
import { showPlan } from '../../lib/work/outcomes.ts'
import { EnvironmentError } from '../../lib/errors.ts'
import { isAtTerminal, readAnswer } from '../../lib/output/ask.ts'
import { write } from '../../lib/output/write.ts'
import { distinct } from './list.ts'
import type { AclsValues } from './options.ts'
import { planAcls, type AclPlan } from './plan.ts'
import { aclTable, changedTable, entryLines, entryText, resourceText } from './view.ts'

/** Throws KafkaError. */
export async function removeAcls(work: Work<AclsValues>): Promise<Result> {
  const { values } = work
  return work.context.style === 'drop-in'
    ? removeAsApache(work)
    : removeShown({ ...work, values: { ...values, yes: values.yes || values.force } })
}

/** Under kts what would go is shown first, and one question asked. */
const removeShown = changing<Work<AclsValues>, readonly Acl[]>({
  async plan({ client, values }) {
    const filters = planAcls(values).flatMap(filtersOf)
    return distinct((await Promise.all(filters.map((filter) => describeAcls(client, filter)))).flat())
  },
  preview: async (_, found) =>
    showPlan(
      found.map((acl) => ({
        data: { ...acl, removed: false },
        sentence: `Would remove ${entryText(acl)} from ${resourceText(acl)}.`,
      })),
    ),
  question: (found) =>
    found.length === 0
      ? undefined
      : {
          question: `Remove ${found.length === 1 ? 'this ACL' : `these ${found.length} ACLs`}`,
          items: aclTable(found, ''),
        },
  async apply(work, found) {
    const filters = planAcls(work.values).flatMap(filtersOf)
    const answers = found.length === 0 ? [] : await deleteAcls(work.client, filters)
    const exitCode = await settle(
      answers.flatMap(({ acl, error }) =>
        error ? [{ what: `Cannot remove ${entryText(acl)} from ${resourceText(acl)}`, error }] : [],
      ),
      work,
    )
    const removed = distinct(answers.flatMap(({ acl, error }) => (error ? [] : [acl])))
    const none = found.length === 0 ? 'No such ACL.' : 'Nothing was removed.'
    const data = removed.map((acl) => ({ ...acl, removed: true }))
    return { data, text: () => '', table: () => changedTable('Removed', removed, none), exitCode }
  },
})

/** Apache's tool asks for each resource, at a terminal only, and says nothing of what it has done. */
async function removeAsApache({ client, values, context }: Work<AclsValues>): Promise<Result> {
  for (const plan of planAcls(values)) {
    if (!values.force && !(await confirmAsApache(plan, context))) continue
    for (const { acl, error } of await deleteAcls(client, filtersOf(plan))) {
      if (error) throw asKafkaError(error, `Cannot remove ${entryText(acl)} from ${resourceText(acl)}`)
    }
  }
  return { data: null, text: () => '' }
}

async function confirmAsApache({ resource, entries }: AclPlan, context: Context): Promise<boolean> {
  const question =
    entries.length === 0
      ? `delete all ACLs for resource filter \`${resourceText(resource)}\``
      : `remove ACLs: \n ${entryLines(entries)}\n from resource filter \`${resourceText(resource)}\``
  await write(context.stdout, `Are you sure you want to ${question}? (y/n)\n`)
  if (!isAtTerminal(context))
    throw new EnvironmentError('there is no terminal to ask at; --force removes without a question')
  return (await readAnswer(context)).toLowerCase() === 'y'
}

/** Without entries whatever the resource has. */
const filtersOf = ({ resource, entries }: AclPlan): AclFilter[] =>
  entries.length === 0 ? [{ resource, entry: null }] : entries.map((entry) => ({ resource, entry }))
