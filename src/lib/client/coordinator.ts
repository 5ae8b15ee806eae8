import { EnvironmentError } from '../errors.ts'
import type { Api, ApiId } from '../protocol/api.ts'
import type { Fields, Input, Message } from '../protocol/schema.ts'
import type { CoordinatorType, KafkaClient, SendOptions } from './types.ts'

/** Requests to the broker that coordinates a group or a transactional id, wherever that is at the moment. */
export class Coordinator {
  private node: number | undefined

  constructor(
    private readonly client: KafkaClient,
    private readonly key: string,
    private readonly type: CoordinatorType,
  ) {}

  /** The next request looks for the coordinator again. */
  forget(): void {
    this.node = undefined
  }

  get isKnown(): boolean {
    return this.node !== undefined
  }

  /**
   * Throws EnvironmentError when the coordinator cannot be reached, KafkaError when there is none or it does not know
   * the API.
   */
  async send<Q extends Fields, S extends Fields>(
    api: Api<Q, S>,
    request: Input<Message<Q>>,
    options: SendOptions = {},
  ): Promise<Message<S>> {
    return this.ask((nodeId) => this.client.send(api, request, { ...options, nodeId }))
  }

  async version(api: ApiId): Promise<number> {
    return this.ask((nodeId) => this.client.version(api, nodeId))
  }

  private async ask<T>(work: (nodeId: number) => Promise<T>): Promise<T> {
    this.node ??= await this.client.coordinator(this.key, this.type)
    try {
      return await work(this.node)
    } catch (error) {
      if (error instanceof EnvironmentError) this.forget()
      throw error
    }
  }
}
