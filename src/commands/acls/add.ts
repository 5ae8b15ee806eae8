import { createAcls, describeAcls, type Acl } from '../../lib/client/admin/acls.ts'
import { asKafkaError, itemSentence } from '../../lib/client/admin/item-error.ts'
import type { KafkaClient } from '../../lib/client/types.ts'
import type { Context, Result } from '../../lib/command/define.ts'
import { write } from '../../lib/output/write.ts'
import type { AclsValues } from './options.ts'
import { planAcls, type AclPlan } from './plan.ts'
import { aclTable, entryLines, entryText, resourceText } from './view.ts'

interface Added {
  readonly kept: readonly Acl[]
  readonly added: readonly Acl[]
  readonly hasFailed: boolean
}

/** One resource after the other; what is there already is said so. Under Apache's name the first failure ends it. Throws KafkaError. */
export async function addAcls(client: KafkaClient, values: AclsValues, context: Context): Promise<Result> {
  const results: Added[] = []
  for (const plan of planAcls(values)) results.push(await addTo(client, plan, context))
  const [added, kept] = [results.flatMap((result) => result.added), results.flatMap((result) => result.kept)]
  return {
    data: [...kept.map((acl) => ({ ...acl, added: false })), ...added.map((acl) => ({ ...acl, added: true }))],
    text: () => results.map(asText).join(''),
    table: () => aclTable(added, 'Nothing was added.'),
    exitCode: results.some(({ hasFailed }) => hasFailed) ? 1 : 0,
  }
}

async function addTo(client: KafkaClient, { resource, entries }: AclPlan, { style, program, stderr }: Context): Promise<Added> {
  const there = new Set((await describeAcls(client, { resource, entry: null })).map(entryText))
  const [kept, fresh] = [entries.filter((entry) => there.has(entryText(entry))), entries.filter((entry) => !there.has(entryText(entry)))]
    .map((some) => some.map((entry): Acl => ({ ...resource, ...entry })))
  const answers = fresh!.length === 0 ? [] : await createAcls(client, fresh!)
  const failed = answers.filter(({ error }) => error !== null)
  const sentence = (acl: Acl): string => `Cannot add ${entryText(acl)} to ${resourceText(acl)}`
  if (failed[0] && style === 'drop-in') throw asKafkaError(failed[0].error!, sentence(failed[0].acl))
  for (const { acl, error } of failed) await write(stderr, `${program}: ${itemSentence(sentence(acl), error!)}\n`)
  return { kept: kept!, added: answers.flatMap(({ acl, error }) => (error ? [] : [acl])), hasFailed: failed.length > 0 }
}

function asText({ kept, added }: Added): string {
  const there = kept.map((acl) => `Acl (pattern=${resourceText(acl)}, entry=${entryText(acl)}) already exists.\n`).join('')
  return there + (added.length === 0 ? '' : `Adding ACLs for resource \`${resourceText(added[0]!)}\`: \n ${entryLines(added)}\n\n`)
}
