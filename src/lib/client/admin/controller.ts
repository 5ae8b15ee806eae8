import type { KafkaClient } from '../types.ts'
import { ERRORS } from '../../protocol/errors.ts'

const ATTEMPTS = 3

/**
 * Sends to the controller, and once more to its successor when it has stepped down meanwhile. `codes` picks the error
 * codes out of a response. A KRaft broker forwards by itself; without a known controller any broker is asked.
 */
export async function sendToController<R>(
  client: KafkaClient,
  send: (node: { nodeId?: number }) => Promise<R>,
  codes: (response: R) => readonly number[],
): Promise<R> {
  await client.brokers()
  for (let attempt = 1; ; attempt += 1) {
    const nodeId = client.controllerId()
    const response = await send(nodeId < 0 ? {} : { nodeId })
    if (attempt === ATTEMPTS || !codes(response).includes(ERRORS.NOT_CONTROLLER)) return response
    await client.metadata([])
  }
}
