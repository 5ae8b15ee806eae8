import { describeConfigs, type ConfigEntry, type ConfigSource } from '../../lib/client/admin/describe-configs.ts'
import { asKafkaError } from '../../lib/client/admin/item-error.ts'
import { listConfigResources } from '../../lib/client/admin/list-config-resources.ts'
import { listGroups } from '../../lib/client/admin/list-groups.ts'
import { listTopics } from '../../lib/client/admin/list-topics.ts'
import type { KafkaClient } from '../../lib/client/types.ts'
import type { Result } from '../../lib/command/define.ts'
import { hintAmong } from '../../lib/work/near-names.ts'
import type { Work } from '../../lib/work/command.ts'
import { renderTable } from '../../lib/output/table.ts'
import { singular } from './entities.ts'
import { RESOURCES, type ResourceKind } from './kinds.ts'

interface DescribedResource {
  /** Empty for the default of all brokers. */
  readonly name: string
  readonly configs: readonly ConfigEntry[]
}

interface Wanted {
  readonly kind: ResourceKind
  /** All of them when undefined. */
  readonly name: string | undefined
  /** What is not set by an admin too. */
  readonly all: boolean
}

/** Where a setting comes from that was made for the thing itself. */
const OWN_SOURCE: Readonly<Record<ResourceKind, ConfigSource | null>> = {
  topics: 'DYNAMIC_TOPIC_CONFIG',
  brokers: 'DYNAMIC_BROKER_CONFIG',
  'broker-loggers': null,
  'client-metrics': 'DYNAMIC_CLIENT_METRICS_CONFIG',
  groups: 'DYNAMIC_GROUP_CONFIG',
}

/** Settings of topics, brokers, loggers, client metrics or groups. Throws KafkaError. */
export async function describeResources(work: Work<unknown>, wanted: Wanted): Promise<Result> {
  const { client } = work
  const { kind, name } = wanted
  const known = name === '' ? [''] : await allNames(client, kind)
  if (name !== undefined && !known.includes(name))
    return missing(kind, name, kind.startsWith('broker') ? [] : known, work)
  const names = name === undefined ? known : [name]
  const described =
    names.length === 0
      ? []
      : await describeConfigs(
          client,
          names.map((each) => ({ type: RESOURCES[kind], name: each })),
          { includeSynonyms: true },
        )
  const byName = new Map(described.map((resource) => [resource.name, resource]))
  const resources = names.map((each): DescribedResource => {
    const { configs, error } = byName.get(each)!
    if (error) throw asKafkaError(error, `Cannot describe ${singular(kind)} ${each}`)
    return {
      name: each,
      configs: configs.filter(({ source }) => isShown(source, wanted, each)).sort((a, b) => (a.name < b.name ? -1 : 1)),
    }
  })
  return {
    data: resources.map(({ name: each, configs }) => ({ type: singular(kind), name: each || null, configs })),
    text: () => resources.map((resource) => asText(resource, wanted)).join(''),
    table: () => asTable(resources, kind),
  }
}

function isShown(source: ConfigSource, { kind, all }: Wanted, name: string): boolean {
  const own = kind === 'brokers' && name === '' ? 'DYNAMIC_DEFAULT_BROKER_CONFIG' : OWN_SOURCE[kind]
  return all || own === null || source === own
}

/** A group also counts as there when it has only settings. */
async function allNames(client: KafkaClient, kind: ResourceKind): Promise<readonly string[]> {
  switch (kind) {
    case 'topics':
      return (await listTopics(client)).map(({ name }) => name)
    case 'brokers':
      return [...(await brokerIds(client)), '']
    case 'broker-loggers':
      return brokerIds(client)
    case 'client-metrics':
      return (await listConfigResources(client, 'clientMetrics')).sort()
    case 'groups': {
      const [groups, configured] = await Promise.all([listGroups(client), listConfigResources(client, 'group')])
      return [...new Set([...groups.map(({ groupId }) => groupId), ...configured])].sort()
    }
  }
}

const brokerIds = async (client: KafkaClient): Promise<string[]> =>
  (await client.brokers()).map(({ nodeId }) => String(nodeId))

/** Apache's tool says so and calls it done. */
function missing(
  kind: ResourceKind,
  name: string,
  known: readonly string[],
  { context: { style }, voice }: Work<unknown>,
): Result {
  const sentence = `The ${singular(kind)} '${name}' doesn't exist and doesn't have dynamic config.\n`
  if (style === 'kts') voice.say(`there is no ${singular(kind)} ${name}${hintAmong(name, known)}`)
  return {
    data: [],
    text: () => (style === 'drop-in' ? sentence : ''),
    table: () => '',
    exitCode: style === 'kts' ? 1 : 0,
  }
}

function asText({ name, configs }: DescribedResource, { kind, all }: Wanted): string {
  const head =
    name === ''
      ? `Default configs for ${kind} in the cluster are:`
      : `${all ? 'All' : 'Dynamic'} configs for ${singular(kind)} ${name} are:`
  return [head, ...configs.map(line)].map((text) => `${text}\n`).join('')
}

function line({ name, value, isSensitive, synonyms }: ConfigEntry): string {
  const sources = synonyms.map((synonym) => `${synonym.source}:${synonym.name}=${synonym.value}`).join(', ')
  return `  ${name}=${value} sensitive=${isSensitive} synonyms={${sources}}`
}

function asTable(resources: readonly DescribedResource[], kind: ResourceKind): string {
  const rows = resources.flatMap(({ name, configs }) =>
    configs.map(({ name: config, value, isSensitive, source }) => [
      name || 'default',
      config,
      isSensitive ? '(hidden)' : (value ?? ''),
      sourceInWords(source),
    ]),
  )
  if (rows.length > 0)
    return renderTable([singular(kind).toUpperCase(), 'SETTING', 'VALUE', 'FROM'], rows, { goes: ['FROM'] })
  return `Nothing is set for ${resources.length === 1 ? `${singular(kind)} ${resources[0]!.name || 'defaults'}` : `any of the ${kind}`}; --all shows what holds.\n`
}

/** `DYNAMIC_TOPIC_CONFIG` → `dynamic topic config` */
const sourceInWords = (source: ConfigSource): string => source.toLowerCase().replaceAll('_', ' ')
