import { alterClientQuotas } from '../../lib/client/admin/alter-client-quotas.ts'
import { alterConfigs } from '../../lib/client/admin/alter-configs.ts'
import { alterUserScramCredentials } from '../../lib/client/admin/alter-user-scram-credentials.ts'
import { describeClientQuotas, type QuotaEntityType } from '../../lib/client/admin/describe-client-quotas.ts'
import { describeConfigs } from '../../lib/client/admin/describe-configs.ts'
import { describeUserScramCredentials } from '../../lib/client/admin/describe-user-scram-credentials.ts'
import { asKafkaError, namedError, type ItemError } from '../../lib/client/admin/item-error.ts'
import type { KafkaClient } from '../../lib/client/types.ts'
import type { Result } from '../../lib/command/define.ts'
import { confirm } from '../../lib/work/confirm.ts'
import { asError } from '../../lib/work/failures.ts'
import { NOTHING_DONE, showPlanOfOne } from '../../lib/work/outcomes.ts'
import type { Order } from '../../lib/work/with-cluster.ts'
import { UserError } from '../../lib/errors.ts'
import type { Changes } from './changes.ts'
import { isResource, nameOf, singular, type Entities } from './entities.ts'
import { QUOTA_ENTITIES, RESOURCES, type Kind, type QuotaKind, type ResourceKind } from './kinds.ts'
import type { ConfigsValues } from './options.ts'
import { readQuotaChanges, type CredentialChanges } from './quota-changes.ts'

/** What a change comes to: an error, or none; `declined` when the user has said no. */
type Outcome = ItemError | null | 'declined'

/**
 * Carries the changes out and says so. Throws UserError for what cannot be meant, KafkaError for what a broker refuses.
 */
export async function alter(
  client: KafkaClient,
  entities: Entities,
  changes: Changes,
  order: Order<ConfigsValues>,
): Promise<Result> {
  const { kinds, names } = entities as { kinds: readonly [Kind]; names: readonly [string] }
  const [kind, name] = [kinds[0], names[0]]
  const { dryRun } = order.values
  const outcome = isResource(kind)
    ? await alterResource(client, kind, name, changes, dryRun)
    : await alterQuotas(client, entities, changes, order)
  if (outcome === 'declined') return NOTHING_DONE
  if (outcome) {
    const what = `Cannot change the settings of ${nameOf(kind, name)}`
    throw await asError(
      { what, error: outcome, ...(kind === 'topics' && { topic: name }) },
      { client, context: order.context },
    )
  }
  const data = {
    entities: kinds.map((each, index) => ({ type: singular(each), name: names[index] || null })),
    altered: !dryRun,
  }
  if (dryRun) return showPlanOfOne({ data, sentence: planned(entities, changes) })
  const sentence =
    name === ''
      ? `Completed updating default config for ${kind} in the cluster.\n`
      : `Completed updating config for ${singular(kind)} ${name}.\n`
  return { data, text: () => sentence, table: () => sentence }
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
  { kinds, names }: Entities,
  changes: Changes,
  order: Order<ConfigsValues>,
): Promise<Outcome> {
  const entity = new Map<QuotaEntityType, string | null>(
    kinds.map((kind, index) => [QUOTA_ENTITIES[kind as QuotaKind], names[index] || null]),
  )
  const { limits, credentials } = readQuotaChanges(changes, entity)
  if (credentials) return await alterCredentials(client, entity.get('user')!, credentials, order)
  const [held] = await describeClientQuotas(client, entity)
  const unset = [...limits]
    .filter(([limit, value]) => value === null && !held?.values.has(limit))
    .map(([limit]) => limit)
  if (unset.length > 0) throw new UserError(`${unset.join(', ')} is not set, and cannot be deleted`)
  return await alterClientQuotas(client, entity, limits, { validateOnly: order.values.dryRun })
}

/** Settings and quotas can be set again; a password that is deleted is gone, since nobody can read it. */
async function alterCredentials(
  client: KafkaClient,
  user: string,
  changes: CredentialChanges,
  { values, context, connection }: Order<ConfigsValues>,
): Promise<Outcome> {
  if (values.dryRun) return refusalOf(client, user, changes)
  const gone = changes.delete.join(' and ')
  const isAgreed =
    changes.delete.length === 0 ||
    (await confirm({ question: `Delete the ${gone} password of user ${user}` }, { values, context, connection }))
  return isAgreed ? await alterUserScramCredentials(client, user, changes) : 'declined'
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
function planned({ kinds, names }: Entities, { add, delete: removed }: Changes): string {
  const place = kinds.map((kind, index) => nameOf(kind, names[index]!)).join(' and ')
  const shown = ([name, value]: readonly [string, string]): string =>
    name.startsWith('SCRAM-') ? `a new ${name} password` : `${name}=${value}`
  return [
    ...[...add].map((setting) => `Would set ${shown(setting)} for ${place}.`),
    ...removed.map((name) => `Would delete ${name} of ${place}.`),
  ].join('\n')
}
