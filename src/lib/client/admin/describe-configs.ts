import { nameOf } from '../../protocol/name-of.ts'
import {
  CONFIG_RESOURCE_TYPES,
  CONFIG_SOURCES,
  DescribeConfigs,
  type ConfigResourceType,
  type ConfigSource,
} from '../../protocol/apis/describe-configs.ts'
import type { KafkaClient } from '../types.ts'
import { itemError, type ItemError } from './item-error.ts'

export type { ConfigResourceType, ConfigSource }

export interface ConfigResource {
  readonly type: ConfigResourceType
  /** A broker's is its node id; empty stands for the default of all brokers. */
  readonly name: string
}

export interface ConfigEntry {
  readonly name: string
  /** Null for what is kept secret. */
  readonly value: string | null
  readonly source: ConfigSource
  readonly isReadOnly: boolean
  readonly isSensitive: boolean
  readonly synonyms: readonly { readonly name: string; readonly value: string | null; readonly source: ConfigSource }[]
}

export interface DescribedConfig extends ConfigResource {
  readonly configs: readonly ConfigEntry[]
  readonly error: ItemError | null
}

interface Detail {
  /** Where else the value could come from, in order of precedence. */
  readonly includeSynonyms?: boolean
  /** Only these settings; all by default. */
  readonly names?: readonly string[]
}

/** Settings of topics, brokers, groups; each resource has its own result. A broker is asked for its own itself. */
export async function describeConfigs(
  client: KafkaClient,
  resources: readonly ConfigResource[],
  options: Detail = {},
): Promise<DescribedConfig[]> {
  const isOwn = ({ type, name }: ConfigResource) => (type === 'broker' || type === 'brokerLogger') && name !== ''
  const shared = resources.filter((resource) => !isOwn(resource))
  const answers = await Promise.all([
    ...(shared.length > 0 ? [ask(client, shared, options)] : []),
    ...resources.filter(isOwn).map((resource) => ask(client, [resource], options, Number(resource.name))),
  ])
  return answers.flat()
}

async function ask(
  client: KafkaClient,
  resources: readonly ConfigResource[],
  options: Detail,
  nodeId?: number,
): Promise<DescribedConfig[]> {
  const response = await client.send(
    DescribeConfigs,
    {
      resources: resources.map(({ type, name }) => ({
        resourceType: CONFIG_RESOURCE_TYPES[type],
        resourceName: name,
        configurationKeys: options.names ?? null,
      })),
      includeSynonyms: options.includeSynonyms ?? false,
    },
    nodeId === undefined ? {} : { nodeId },
  )
  return response.results.map(
    (result): DescribedConfig => ({
      type: typeName(result.resourceType),
      name: result.resourceName,
      configs: result.configs.map(
        ({ name, value, configSource, readOnly, isSensitive, synonyms }): ConfigEntry => ({
          name,
          value,
          source: nameOf(CONFIG_SOURCES, configSource),
          isReadOnly: readOnly,
          isSensitive,
          synonyms: synonyms.map((synonym) => ({
            name: synonym.name,
            value: synonym.value,
            source: nameOf(CONFIG_SOURCES, synonym.source),
          })),
        }),
      ),
      error: itemError(result.errorCode, result.errorMessage),
    }),
  )
}

const typeName = (type: number): ConfigResourceType => {
  const name = nameOf(CONFIG_RESOURCE_TYPES, type)
  return name === 'UNKNOWN' ? 'topic' : name
}
