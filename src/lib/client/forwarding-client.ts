import type { Api, ApiId } from '../protocol/api.ts'
import type { MetadataResponse } from '../protocol/apis/metadata.ts'
import type { Fields, Input, Message } from '../protocol/schema.ts'
import type { Hindrances } from './hindrances.ts'
import type { CoordinatorType, KafkaClient, Node, SendOptions } from './types.ts'

/** A client that hands everything on to another one: what looks at requests, or stops some, is made of it. */
export class ForwardingClient implements KafkaClient {
  constructor(protected readonly client: KafkaClient) {}

  send<Q extends Fields, S extends Fields>(
    api: Api<Q, S>,
    request: Input<Message<Q>>,
    options?: SendOptions,
  ): Promise<Message<S>> {
    return this.client.send(api, request, options)
  }

  version(api: ApiId, nodeId?: number): Promise<number> {
    return this.client.version(api, nodeId)
  }

  featureLevel(feature: string): Promise<number> {
    return this.client.featureLevel(feature)
  }

  metadata(
    topics: readonly string[] | null,
    options?: { allowAutoTopicCreation?: boolean },
  ): Promise<MetadataResponse> {
    return this.client.metadata(topics, options)
  }

  nodes(): readonly Node[] {
    return this.client.nodes()
  }

  brokers(): Promise<readonly Node[]> {
    return this.client.brokers()
  }

  controllerId(): number {
    return this.client.controllerId()
  }

  coordinator(key: string, type: CoordinatorType): Promise<number> {
    return this.client.coordinator(key, type)
  }

  get hindrances(): Hindrances | undefined {
    return this.client.hindrances
  }

  close(): Promise<void> {
    return this.client.close()
  }
}
