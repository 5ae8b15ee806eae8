import { EnvironmentError } from '../../errors.ts'
import type { Api, ApiId } from '../../protocol/api.ts'
import type { Fields, Input, Message } from '../../protocol/schema.ts'
import type { KafkaClient, SendOptions } from '../types.ts'

/** Requests to the broker that coordinates a group, wherever that is at the moment. */
export class Coordinator {
  private node: number | undefined

  constructor(
    private readonly client: KafkaClient,
    readonly groupId: string,
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
    const nodeId = await this.find()
    try {
      return await this.client.send(api, request, { ...options, nodeId })
    } catch (error) {
      if (error instanceof EnvironmentError) this.forget()
      throw error
    }
  }

  async version(api: ApiId): Promise<number> {
    return this.client.version(api, await this.find())
  }

  private async find(): Promise<number> {
    return (this.node ??= await this.client.coordinator(this.groupId, 'group'))
  }
}
