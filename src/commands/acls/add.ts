import { createAcls, describeAcls, type Acl } from '../../lib/client/admin/acls.ts'
import type { KafkaClient } from '../../lib/client/types.ts'
import type { Result } from '../../lib/command/define.ts'
import { changing } from '../../lib/work/changing.ts'
import type { Work } from '../../lib/work/command.ts'
import { settle } from '../../lib/work/failures.ts'
import { showPlan } from '../../lib/work/outcomes.ts'
import type { AclsValues } from './options.ts'
import { planAcls, type AclPlan } from './plan.ts'
import { changedTable, entryLines, entryText, resourceText } from './view.ts'

interface Added {
  readonly kept: readonly Acl[]
  readonly added: readonly Acl[]
  readonly hasFailed: boolean
}

/**
 * One resource after the other; what is there already is said so. Under Apache's name the first failure ends it. Throws
 * KafkaError.
 */
export const addAcls = changing<Work<AclsValues>, readonly AclPlan[]>({
  plan: async ({ values }) => planAcls(values),
  preview,
  async apply(work, plans) {
    const results: Added[] = []
    for (const plan of plans) results.push(await addTo(plan, work))
    const [added, kept] = [results.flatMap((result) => result.added), results.flatMap((result) => result.kept)]
    return {
      data: [...kept.map((acl) => ({ ...acl, added: false })), ...added.map((acl) => ({ ...acl, added: true }))],
      text: () => results.map(asText).join(''),
      table: () => changedTable('Added', added, 'Nothing was added.'),
      exitCode: results.some(({ hasFailed }) => hasFailed) ? 1 : 0,
    }
  },
})

async function addTo(plan: AclPlan, work: Work<AclsValues>): Promise<Added> {
  const { kept, fresh } = await compare(work.client, plan)
  const answers = fresh.length === 0 ? [] : await createAcls(work.client, fresh)
  const exitCode = await settle(
    answers.flatMap(({ acl, error }) =>
      error ? [{ what: `Cannot add ${entryText(acl)} to ${resourceText(acl)}`, error }] : [],
    ),
    work,
  )
  return { kept, added: answers.flatMap(({ acl, error }) => (error ? [] : [acl])), hasFailed: exitCode !== 0 }
}

/** Which ACLs are there already, and which are not. Throws KafkaError. */
async function compare(client: KafkaClient, { resource, entries }: AclPlan): Promise<{ kept: Acl[]; fresh: Acl[] }> {
  const there = new Set((await describeAcls(client, { resource, entry: null })).map(entryText))
  const acls = entries.map((entry): Acl => ({ ...resource, ...entry }))
  return {
    kept: acls.filter((acl) => there.has(entryText(acl))),
    fresh: acls.filter((acl) => !there.has(entryText(acl))),
  }
}

async function preview({ client }: Work<AclsValues>, plans: readonly AclPlan[]): Promise<Result> {
  const compared = await Promise.all(plans.map((plan) => compare(client, plan)))
  const would = (acl: Acl): string => `Would add ${entryText(acl)} to ${resourceText(acl)}.`
  const exists = (acl: Acl): string => `${entryText(acl)} of ${resourceText(acl)} exists already.`
  return showPlan(
    compared.flatMap(({ kept, fresh }) => [
      ...kept.map((acl) => ({ data: { ...acl, added: false }, sentence: exists(acl) })),
      ...fresh.map((acl) => ({ data: { ...acl, added: false }, sentence: would(acl) })),
    ]),
  )
}

function asText({ kept, added }: Added): string {
  const there = kept
    .map((acl) => `Acl (pattern=${resourceText(acl)}, entry=${entryText(acl)}) already exists.\n`)
    .join('')
  return (
    there +
    (added.length === 0 ? '' : `Adding ACLs for resource \`${resourceText(added[0]!)}\`: \n ${entryLines(added)}\n\n`)
  )
}
