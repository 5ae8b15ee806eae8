import { EnvironmentError, KafkaError } from '../../errors.ts'
import { ApiVersions, type ApiVersionsResponse } from '../../protocol/apis/api-versions.ts'
import { errorName } from '../../protocol/errors.ts'
import { KNOWN_APIS, type KnownApi } from '../../protocol/known-apis.ts'
import type { KafkaClient, Node } from '../types.ts'

export interface ApiVersionRange {
  readonly key: number
  /** Null for an API that came after Kafka 4.3. */
  readonly name: string | null
  /** Both null for an API that the broker does not serve. */
  readonly minVersion: number | null
  readonly maxVersion: number | null
  /** The highest version that a client of Kafka 4.3 can use with the broker; else why there is none. */
  readonly usable: number | 'unknown API' | 'unsupported' | 'node too old' | 'node too new'
}

export interface BrokerVersions {
  readonly node: Node
  /** In the order of their keys; empty with an error. */
  readonly apis: readonly ApiVersionRange[]
  readonly features: Features
  /** Why the broker did not answer. */
  readonly error: string | null
}

/** What of Kafka a node could do, and what the cluster has agreed on doing (KIP-584). */
export interface Features {
  readonly supported: ReadonlyMap<string, { readonly minVersion: number; readonly maxVersion: number }>
  readonly finalized: ReadonlyMap<string, number>
  /** -1 when nothing has been agreed on. */
  readonly epoch: bigint
}

/** What every broker of the cluster speaks; one that does not answer has an error. */
export async function describeApiVersions(client: KafkaClient): Promise<BrokerVersions[]> {
  const nodes = [...(await client.brokers())].sort((a, b) => a.nodeId - b.nodeId)
  return Promise.all(
    nodes.map(async (node): Promise<BrokerVersions> => {
      try {
        const response = await ask(client, node.nodeId)
        return { node, apis: ranges(response.apiKeys), features: featuresOf(response), error: null }
      } catch (error) {
        if (!(error instanceof EnvironmentError || error instanceof KafkaError)) throw error
        return { node, apis: [], features: featuresOf(null), error: error.message }
      }
    }),
  )
}

/** The features of one node, or of any. Throws EnvironmentError, KafkaError. */
export async function describeFeatures(client: KafkaClient, nodeId?: number): Promise<Features> {
  return featuresOf(await ask(client, nodeId))
}

async function ask(client: KafkaClient, nodeId: number | undefined): Promise<ApiVersionsResponse> {
  const request = { clientSoftwareName: 'kts', clientSoftwareVersion: 'unknown' }
  const response = await client.send(ApiVersions, request, nodeId === undefined ? {} : { nodeId })
  if (response.errorCode !== 0)
    throw new KafkaError(errorName(response.errorCode), `ApiVersions: ${errorName(response.errorCode)}`)
  return response
}

function ranges(apiKeys: ApiVersionsResponse['apiKeys']): ApiVersionRange[] {
  const known = new Map(KNOWN_APIS.map((api) => [api.key, api]))
  const served = apiKeys.map(({ apiKey, minVersion, maxVersion }): ApiVersionRange => {
    const api = known.get(apiKey)
    return {
      key: apiKey,
      name: api?.name ?? null,
      minVersion,
      maxVersion,
      usable: api ? usable(api, minVersion, maxVersion) : 'unknown API',
    }
  })
  const missing = KNOWN_APIS.filter(
    ({ key, isForClients }) => isForClients && !apiKeys.some(({ apiKey }) => apiKey === key),
  )
  return [
    ...served,
    ...missing.map(
      ({ key, name }): ApiVersionRange => ({ key, name, minVersion: null, maxVersion: null, usable: 'unsupported' }),
    ),
  ].sort((a, b) => a.key - b.key)
}

function usable(api: KnownApi, minVersion: number, maxVersion: number): ApiVersionRange['usable'] {
  if (api.maxVersion < minVersion) return 'node too new'
  return maxVersion < api.minVersion ? 'node too old' : Math.min(api.maxVersion, maxVersion)
}

function featuresOf(response: ApiVersionsResponse | null): Features {
  return {
    supported: new Map(
      response?.supportedFeatures.map(({ name, minVersion, maxVersion }) => [name, { minVersion, maxVersion }]),
    ),
    finalized: new Map(response?.finalizedFeatures.map(({ name, maxVersionLevel }) => [name, maxVersionLevel])),
    epoch: response?.finalizedFeaturesEpoch ?? -1n,
  }
}
