import { alterClientQuotas } from '../../lib/client/admin/alter-client-quotas.ts'
import { alterConfigs } from '../../lib/client/admin/alter-configs.ts'
import { alterUserScramCredentials } from '../../lib/client/admin/alter-user-scram-credentials.ts'
import { describeClientQuotas, type QuotaEntityType } from '../../lib/client/admin/describe-client-quotas.ts'
import { describeConfigs } from '../../lib/client/admin/describe-configs.ts'
import { asKafkaError, type ItemError } from '../../lib/client/admin/item-error.ts'
import type { KafkaClient } from '../../lib/client/types.ts'
import type { Result } from '../../lib/command/define.ts'
import { UserError } from '../../lib/errors.ts'
import type { Changes } from './changes.ts'
import { isResource, singular, type Entities } from './entities.ts'
import { QUOTA_ENTITIES, RESOURCES, type Kind, type QuotaKind, type ResourceKind } from './kinds.ts'
import { readQuotaChanges } from './quota-changes.ts'

/** Carries the changes out and says so. Throws UserError for what cannot be meant, KafkaError for what a broker refuses. */
export async function alter(client: KafkaClient, entities: Entities, changes: Changes): Promise<Result> {
  const { kinds, names } = entities as { kinds: readonly [Kind]; names: readonly [string] }
  const [kind, name] = [kinds[0], names[0]]
  const error = isResource(kind) ? await alterResource(client, kind, name, changes) : await alterQuotas(client, entities, changes)
  if (error) throw asKafkaError(error, `Cannot change the settings of ${name === '' ? `all ${kind}` : `${singular(kind)} ${name}`}`)
  const sentence = name === '' ? `Completed updating default config for ${kind} in the cluster.\n` : `Completed updating config for ${singular(kind)} ${name}.\n`
  const data = { entities: kinds.map((each, index) => ({ type: singular(each), name: names[index] || null })), altered: true }
  return { data, text: () => sentence, table: () => sentence }
}

async function alterResource(client: KafkaClient, kind: ResourceKind, name: string, changes: Changes): Promise<ItemError | null> {
  const resource = { type: RESOURCES[kind], name }
  if (kind === 'broker-loggers') await checkLoggers(client, name, [...changes.add.keys(), ...changes.delete])
  return await alterConfigs(client, resource, { set: changes.add, delete: changes.delete })
}

async function checkLoggers(client: KafkaClient, name: string, loggers: readonly string[]): Promise<void> {
  const [described] = await describeConfigs(client, [{ type: 'brokerLogger', name }])
  if (described!.error) throw asKafkaError(described!.error, `Cannot describe broker-logger ${name}`)
  const unknown = loggers.filter((logger) => !described!.configs.some((config) => config.name === logger))
  if (unknown.length > 0) throw new UserError(`broker ${name} has no logger ${unknown.join(', ')}`)
}

async function alterQuotas(client: KafkaClient, { kinds, names }: Entities, changes: Changes): Promise<ItemError | null> {
  const entity = new Map<QuotaEntityType, string | null>(kinds.map((kind, index) => [QUOTA_ENTITIES[kind as QuotaKind], names[index] || null]))
  const { limits, credentials } = readQuotaChanges(changes, entity)
  if (credentials) return await alterUserScramCredentials(client, entity.get('user')!, credentials)
  const [held] = await describeClientQuotas(client, entity)
  const unset = [...limits].filter(([limit, value]) => value === null && !held?.values.has(limit)).map(([limit]) => limit)
  if (unset.length > 0) throw new UserError(`${unset.join(', ')} is not set, and cannot be deleted`)
  return await alterClientQuotas(client, entity, limits)
}
