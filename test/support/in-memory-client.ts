import type { KafkaClient, Node, SendOptions } from '../../src/lib/client/types.ts'
import type { Api, ApiId } from '../../src/lib/protocol/api.ts'
import { Metadata, type MetadataResponse } from '../../src/lib/protocol/apis/metadata.ts'
import type { Fields, Input, Message } from '../../src/lib/protocol/schema.ts'
import type { TestBroker } from './broker.ts'

type Listener = (api: Api, request: unknown, response: unknown) => void

const NEVER = new Promise<never>(() => {})

/** A client whose requests reach a broker in the same process as bytes, without a socket. */
export class InMemoryClient implements KafkaClient {
  private isDead = false

  constructor(
    private readonly broker: TestBroker,
    /** Sees what was asked and answered, in the order of the answers. */
    private readonly onAnswer: Listener = () => {},
  ) {}

  /** From now on nothing goes out and nothing comes back, as if the process had been killed. */
  die(): void {
    this.isDead = true
  }

  async send<Q extends Fields, S extends Fields>(
    api: Api<Q, S>,
    request: Input<Message<Q>>,
    _options?: SendOptions,
  ): Promise<Message<S>> {
    if (this.isDead) return NEVER
    const response = await this.broker.send(api, request)
    this.onAnswer(api as unknown as Api, request, response)
    return this.isDead ? NEVER : response
  }

  async version(api: ApiId): Promise<number> {
    return api.maxVersion
  }

  async featureLevel(): Promise<number> {
    return 0
  }

  async metadata(topics: readonly string[] | null): Promise<MetadataResponse> {
    return this.send(Metadata, { topics: topics && topics.map((name) => ({ name })), allowAutoTopicCreation: false })
  }

  brokers(): Promise<readonly Node[]> {
    return Promise.resolve(this.nodes())
  }

  nodes(): readonly Node[] {
    return [{ nodeId: 1, host: 'in-memory', port: 1, rack: null }]
  }

  controllerId(): number {
    return 1
  }

  async coordinator(): Promise<number> {
    return 1
  }

  async close(): Promise<void> {
    this.die()
  }
}
