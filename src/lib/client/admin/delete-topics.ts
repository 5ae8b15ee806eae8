import { DeleteTopics } from '../../protocol/apis/delete-topics.ts'
import type { KafkaClient } from '../types.ts'
import { sendToController } from './controller.ts'
import { itemError, type ItemError } from './item-error.ts'

export interface DeletedTopic {
  readonly name: string
  readonly error: ItemError | null
}

/** Deletes topics by name in one request; each has its own result. */
export async function deleteTopics(
  client: KafkaClient,
  names: readonly string[],
  options: { timeoutMs?: number } = {},
): Promise<DeletedTopic[]> {
  const timeoutMs = options.timeoutMs ?? 30_000
  const send = async (node: { nodeId?: number }) => {
    // Names have a field of their own before version 6 (KIP-516).
    const isStructured = (await client.version(DeleteTopics, node.nodeId)) >= 6
    const topics = isStructured ? { topics: names.map((name) => ({ name })) } : { topicNames: names }
    return client.send(DeleteTopics, { timeoutMs, ...topics }, node)
  }
  const response = await sendToController(client, send, ({ responses }) => responses.map(({ errorCode }) => errorCode))
  return response.responses.map(({ name, errorCode, errorMessage }) => ({
    name: name!,
    error: itemError(errorCode, errorMessage),
  }))
}
