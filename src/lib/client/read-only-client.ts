import { ForbiddenError } from '../errors.ts'
import type { Api } from '../protocol/api.ts'
import { Metadata, type MetadataResponse } from '../protocol/apis/metadata.ts'
import { within, type Fields, type Input, type Message } from '../protocol/schema.ts'
import { ForwardingClient } from './forwarding-client.ts'
import type { KafkaClient, SendOptions } from './types.ts'

/** The requests that leave a cluster as it is. All others are refused, those that nobody has judged yet among them. */
export const READING_APIS: ReadonlySet<string> = new Set([
  'ApiVersions',
  'Metadata',
  'DescribeCluster',
  'DescribeQuorum',
  // Kafka asks for the right to describe, no more (KafkaApis.handleFindCoordinatorRequest). A cluster that has had no
  // group yet makes its internal topic for it, which holds nothing of anybody's.
  'FindCoordinator',
  'Fetch',
  'FetchSnapshot',
  'ListOffsets',
  'OffsetForLeaderEpoch',
  'DescribeTopicPartitions',
  'DescribeConfigs',
  'ListConfigResources',
  'DescribeLogDirs',
  'ListPartitionReassignments',
  'ListGroups',
  'DescribeGroups',
  'ConsumerGroupDescribe',
  'ShareGroupDescribe',
  'StreamsGroupDescribe',
  'OffsetFetch',
  'DescribeShareGroupOffsets',
  'ListTransactions',
  'DescribeTransactions',
  'DescribeProducers',
  'DescribeAcls',
  'DescribeClientQuotas',
  'DescribeUserScramCredentials',
  'DescribeDelegationToken',
  'SaslHandshake',
  'SaslAuthenticate',
])

/**
 * A client that only reads: what would change the cluster is not sent, unless the broker shall only check it. To ask
 * for a topic does not create it, either.
 */
export class ReadOnlyClient extends ForwardingClient {
  constructor(
    client: KafkaClient,
    private readonly profile: string,
  ) {
    super(client)
  }

  /** Throws ForbiddenError for a request that would change something. */
  override async send<Q extends Fields, S extends Fields>(
    api: Api<Q, S>,
    request: Input<Message<Q>>,
    options?: SendOptions,
  ): Promise<Message<S>> {
    if (!READING_APIS.has(api.name) && !(await this.onlyChecks(api, request, options)))
      throw readOnlyError(this.profile, `${api.name} is not sent`)
    return this.client.send(
      api,
      api.key === Metadata.key ? Object.assign({}, request, { allowAutoTopicCreation: false }) : request,
      options,
    )
  }

  /** Whether the request is a dry run in the version that it is sent in. */
  private async onlyChecks(api: Api, request: object, { nodeId, maxVersion }: SendOptions = {}): Promise<boolean> {
    const flag = api.fields.request['validateOnly']
    if (!flag || (request as { validateOnly?: boolean }).validateOnly !== true) return false
    return within(flag.versions, Math.min(await this.client.version(api, nodeId), maxVersion ?? Infinity))
  }

  override metadata(topics: readonly string[] | null): Promise<MetadataResponse> {
    return this.client.metadata(topics, { allowAutoTopicCreation: false })
  }
}

/** Why something is not done under a profile that only reads; `what` is not done. */
export function readOnlyError(profile: string, what: string): ForbiddenError {
  return new ForbiddenError(
    `the profile ${profile} is read-only, so ${what}; name another one with --profile, or edit this one (kts profile show ${profile} tells where it is)`,
  )
}
