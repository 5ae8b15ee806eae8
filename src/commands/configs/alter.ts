import { alterClientQuotas } from '../../lib/client/admin/alter-client-quotas.ts'
import { alterConfigs } from '../../lib/client/admin/alter-configs.ts'
import { alterUserScramCredentials } from '../../lib/client/admin/alter-user-scram-credentials.ts'
import {
  describeClientQuotas,
  type QuotaEntity,
  type QuotaEntityType,
} from '../../lib/client/admin/describe-client-quotas.ts'
import { describeConfigs } from '../../lib/client/admin/describe-configs.ts'
import { describeUserScramCredentials } from '../../lib/client/admin/describe-user-scram-credentials.ts'
import { asKafkaError, namedError, type ItemError } from '../../lib/client/admin/item-error.ts'
import type { KafkaClient } from '../../lib/client/types.ts'
import { nearSetting } from '../../lib/config/setting-names.ts'
import { nearValue } from '../../lib/config/setting-values.ts'
import { changing } from '../../lib/work/changing.ts'
import type { Work } from '../../lib/work/command.ts'
import type { Question } from '../../lib/work/confirm.ts'
import { asError } from '../../lib/work/failures.ts'
import { showPlanOfOne } from '../../lib/work/outcomes.ts'
import { UserError } from '../../lib/errors.ts'
import type { Changes, Task } from './changes.ts'
import { isResource, nameOf, singular } from './entities.ts'
import { QUOTA_ENTITIES, RESOURCES, type QuotaKind, type ResourceKind } from './kinds.ts'
import type { ConfigsValues } from './options.ts'
import { readQuotaChanges, type CredentialChanges, type QuotaChanges } from './quota-changes.ts'

/** A change of settings, or of quotas and credentials. */
interface Plan extends Task {
  /** Undefined for settings. */
  readonly quotas?: QuotaChanges & { readonly entity: QuotaEntity }
}

/**
 * Carries changes out and says so. Throws UserError for what cannot be meant, KafkaError for what a broker refuses.
 */
export const alter = changing<Work<ConfigsValues, Task>, Plan>({
  plan: async ({ input }) => (isResource(input.entities.kinds[0]!) ? input : withQuotas(input)),
  async preview(work, plan) {
    const data = await carryOut(work, plan)
    return showPlanOfOne({ data, sentence: planned(plan) })
  },
  question,
  async apply(work, plan) {
    const data = await carryOut(work, plan)
    const { kinds, names } = plan.entities
    const sentence =
      names[0] === ''
        ? `Completed updating default config for ${kinds[0]} in the cluster.\n`
        : `Completed updating config for ${singular(kinds[0]!)} ${names[0]}.\n`
    return { data, text: () => sentence, table: () => sentence }
  },
})

function withQuotas(task: Task): Plan {
  const { kinds, names } = task.entities
  const entity = new Map<QuotaEntityType, string | null>(
    kinds.map((kind, index) => [QUOTA_ENTITIES[kind as QuotaKind], names[index] || null]),
  )
  return { ...task, quotas: { ...readQuotaChanges(task.changes, entity), entity } }
}

/** Settings and quotas can be set again; a password that is deleted is gone, since nobody can read it. */
function question({ quotas }: Plan): Question | undefined {
  const gone = quotas?.credentials?.delete ?? []
  if (gone.length === 0) return undefined
  return { question: `Delete the ${gone.join(' and ')} password of user ${quotas!.entity.get('user')}` }
}

/** Returns what to show of it as data. Under --dry-run the broker only checks. */
async function carryOut(work: Work<ConfigsValues, Task>, plan: Plan): Promise<Readonly<Record<string, unknown>>> {
  const { client, values } = work
  const { kinds, names } = plan.entities
  const [kind, name] = [kinds[0]!, names[0]!]
  const error = plan.quotas
    ? await alterQuotas(client, plan.quotas, values.dryRun)
    : await alterResource(client, kind as ResourceKind, name, plan.changes, values.dryRun)
  if (error) {
    const what = `Cannot change the settings of ${nameOf(kind, name)}`
    const settings = [...plan.changes.add.keys(), ...plan.changes.delete]
    const isMistyped = work.context.style === 'kts' && error.code === 'INVALID_CONFIG'
    const more = isMistyped ? nearSetting(kind, settings) || nearValue(plan.changes.add) : ''
    throw await asError({ what, error, more, ...(kind === 'topics' && { topic: name }) }, work)
  }
  return {
    entities: kinds.map((each, index) => ({ type: singular(each), name: names[index] || null })),
    altered: !values.dryRun,
  }
}

async function alterResource(
  client: KafkaClient,
  kind: ResourceKind,
  name: string,
  changes: Changes,
  validateOnly: boolean,
): Promise<ItemError | null> {
  const resource = { type: RESOURCES[kind], name }
  if (kind === 'broker-loggers') await checkLoggers(client, name, [...changes.add.keys(), ...changes.delete])
  return await alterConfigs(client, resource, { set: changes.add, delete: changes.delete }, { validateOnly })
}

async function checkLoggers(client: KafkaClient, name: string, loggers: readonly string[]): Promise<void> {
  const [described] = await describeConfigs(client, [{ type: 'brokerLogger', name }])
  if (described!.error) throw asKafkaError(described!.error, `Cannot describe broker-logger ${name}`)
  const unknown = loggers.filter((logger) => !described!.configs.some((config) => config.name === logger))
  if (unknown.length > 0) throw new UserError(`broker ${name} has no logger ${unknown.join(', ')}`)
}

async function alterQuotas(
  client: KafkaClient,
  { limits, credentials, entity }: NonNullable<Plan['quotas']>,
  validateOnly: boolean,
): Promise<ItemError | null> {
  if (credentials) {
    const user = entity.get('user')!
    return validateOnly ? refusalOf(client, user, credentials) : alterUserScramCredentials(client, user, credentials)
  }
  const [held] = await describeClientQuotas(client, entity)
  const unset = [...limits]
    .filter(([limit, value]) => value === null && !held?.values.has(limit))
    .map(([limit]) => limit)
  if (unset.length > 0) throw new UserError(`${unset.join(', ')} is not set, and cannot be deleted`)
  return await alterClientQuotas(client, entity, limits, { validateOnly })
}

/** The protocol has no dry run of these (KIP-554); what can go wrong is a credential that is not there. */
async function refusalOf(client: KafkaClient, user: string, changes: CredentialChanges): Promise<ItemError | null> {
  const [held] = await describeUserScramCredentials(client, [user])
  const isThere = changes.delete.every((mechanism) =>
    held?.credentials.some((credential) => credential.mechanism === mechanism),
  )
  return isThere ? null : namedError('RESOURCE_NOT_FOUND', 'Attempt to delete a user credential that does not exist')
}

/** A line for each setting; passwords are not repeated. */
function planned({ entities: { kinds, names }, changes: { add, delete: removed } }: Task): string {
  const place = kinds.map((kind, index) => nameOf(kind, names[index]!)).join(' and ')
  const shown = ([name, value]: readonly [string, string]): string =>
    name.startsWith('SCRAM-') ? `a new ${name} password` : `${name}=${value}`
  return [
    ...[...add].map((setting) => `Would set ${shown(setting)} for ${place}.`),
    ...removed.map((name) => `Would delete ${name} of ${place}.`),
  ].join('\n')
}
