import type { Api, ApiId } from '../protocol/api.ts'
import type { MetadataResponse } from '../protocol/apis/metadata.ts'
import type { Fields, Input, Message } from '../protocol/schema.ts'
import type { Hindrances } from './hindrances.ts'

/** Java client properties as a user wrote them: `acks`, `security.protocol`, … */
export type ClientProperties = ReadonlyMap<string, string>

export interface ClientSettings {
  /** `host:port` each. */
  readonly bootstrapServers: readonly string[]
  /** Goes out as `client.id` unless the properties name one. */
  readonly clientId: string
  readonly properties: ClientProperties
  /** Where the servers were named, for messages: `--bootstrap-server`. */
  readonly origin?: string
  /** The servers are KRaft controllers, not brokers (KIP-919): then nodes are controllers, and there are no topics. */
  readonly areControllers?: boolean
  /** The profile that guards the cluster; with `readOnly` no request goes out that would change anything. */
  readonly profile?: { readonly name: string; readonly readOnly: boolean } | undefined
}

export interface Node {
  readonly nodeId: number
  readonly host: string
  readonly port: number
  readonly rack: string | null
}

/** What has a coordinator: a group, or a transactional id. */
export type CoordinatorType = 'group' | 'transaction'

export interface SendOptions {
  /** Node to send to; without it any broker that is connected. */
  readonly nodeId?: number
  /**
   * How long the answer may take, beyond what the request itself asks the broker to wait. Default `request.timeout.ms`.
   */
  readonly timeoutMs?: number
  /**
   * Requests on one lane share a connection and are answered in order. Long polls and heartbeats go on lanes of
   * their own. `main` by default.
   */
  readonly lane?: string
  /** False for a request that the broker does not answer (Produce with acks=0). */
  readonly expectResponse?: boolean
  /** No version above this one, although both sides know it. */
  readonly maxVersion?: number | undefined
}

/**
 * A cluster, over kafkajs's authenticated connections, with requests declared in `lib/protocol`. The version sent is
 * the highest that both sides know. Error codes inside a response are left to the caller.
 */
export interface KafkaClient {
  /**
   * Throws EnvironmentError when the node cannot be reached or does not answer, KafkaError UNSUPPORTED_VERSION when it
   * does not know the API.
   */
  send<Q extends Fields, S extends Fields>(
    api: Api<Q, S>,
    request: Input<Message<Q>>,
    options?: SendOptions,
  ): Promise<Message<S>>
  /** The version that `send` would use with a node. */
  version(api: ApiId, nodeId?: number): Promise<number>
  /**
   * The level at which the cluster has a feature switched on, `transaction.version` for example; 0 for one that it does
   * not know (KIP-584).
   */
  featureLevel(feature: string): Promise<number>
  /**
   * Fresh metadata of some topics, or of all (null). Also renews what is known of the nodes. Controllers know no
   * topics.
   */
  metadata(topics: readonly string[] | null, options?: { allowAutoTopicCreation?: boolean }): Promise<MetadataResponse>
  /** The brokers as the last metadata named them. */
  nodes(): readonly Node[]
  /** The same, asked for when nobody has yet. */
  brokers(): Promise<readonly Node[]>
  controllerId(): number
  /** Node id of the coordinator of a group or of a transactional id; retries while it is being set up. */
  coordinator(key: string, type: CoordinatorType): Promise<number>
  /**
   * Is told what is waited for, by the client itself and by whoever asks again through it; undefined where nobody
   * listens.
   */
  readonly hindrances?: Hindrances | undefined
  /** Ends every connection at once; requests under way are rejected. */
  close(): Promise<void>
}
