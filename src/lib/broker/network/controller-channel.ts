import type { Api } from '../../protocol/api.ts'
import type { Fields, Input, Message } from '../../protocol/schema.ts'

/** What a broker asks the active controller, be it of this process or another node: in either case by messages. */
export interface ControllerChannel {
  /**
   * Asks until an active controller has answered, `timeoutMs` at most, by default Kafka's 30 s
   * (`controller.socket.timeout.ms`). Rejects with EnvironmentError when none has, and with KafkaError
   * UNSUPPORTED_VERSION for what it does not know; an error code in the answer is the answer.
   */
  ask<Q extends Fields, S extends Fields>(
    api: Api<Q, S>,
    request: Input<Message<Q>>,
    timeoutMs?: number,
  ): Promise<Message<S>>
}

/** `controller.socket.timeout.ms` */
export const CONTROLLER_TIMEOUT_MS = 30_000
