import { isExpected, KafkaError } from '../../errors.ts'
import { CreateTopics } from '../../protocol/apis/create-topics.ts'
import { errorName } from '../../protocol/errors.ts'
import { CONTROLLER_TIMEOUT_MS, type ControllerChannel } from '../network/controller-channel.ts'
import type { CreateTopic, NewTopic } from '../state/cluster/new-topic.ts'
import type { BrokerConfig } from '../state/configs/broker-config.ts'

/** What another node has made meanwhile is as good. */
const NO_NEWS = ['NONE', 'TOPIC_ALREADY_EXISTS']

/** Has the controller make topics, each asked for once at a time (AutoTopicCreationManager). */
export function topicRequests(
  channel: ControllerChannel,
  config: BrokerConfig,
  warn: (line: string) => void,
): CreateTopic {
  const underWay = new Set<string>()
  const ask = async ({ name, numPartitions, replicationFactor, configs }: NewTopic): Promise<void> => {
    const topic = {
      name,
      numPartitions: numPartitions === -1 ? config.number('num.partitions') : numPartitions,
      replicationFactor: replicationFactor === -1 ? config.number('default.replication.factor') : replicationFactor,
      configs: [...configs].map(([setting, value]) => ({ name: setting, value })),
    }
    try {
      const { topics } = await channel.ask(CreateTopics, {
        topics: [topic],
        timeoutMs: CONTROLLER_TIMEOUT_MS,
      })
      const refusal = topics.find(({ errorCode }) => !NO_NEWS.includes(errorName(errorCode)))
      if (refusal) warn(`topic ${name} cannot be made: ${refusal.errorMessage ?? errorName(refusal.errorCode)}`)
    } catch (error) {
      if (!isExpected(error)) throw error
      warn(`topic ${name} cannot be made: ${error.message}`)
    } finally {
      underWay.delete(name)
    }
  }
  return (topic) => {
    if (!underWay.has(topic.name)) {
      underWay.add(topic.name)
      void ask(topic)
    }
    throw new KafkaError('UNKNOWN_TOPIC_OR_PARTITION')
  }
}
