import { absence, type MissingTopic } from '../client/consumer/index.ts'
import type { KafkaClient } from '../client/types.ts'
import type { Context } from '../command/define.ts'
import { NearNames } from './near-names.ts'

/** Says that a topic is not there and is waited for, and which other one may have been meant. */
export async function sayMissing(
  topic: MissingTopic,
  client: KafkaClient,
  context: Pick<Context, 'style' | 'clock'>,
  say: (line: string) => void,
): Promise<void> {
  const meant = topic.isGone ? '' : await new NearNames(client, context).hint('topic', topic.name)
  say(`${absence(topic)}${meant}${meant === '' ? '; waiting for it' : ' Waiting for it'}`)
}
