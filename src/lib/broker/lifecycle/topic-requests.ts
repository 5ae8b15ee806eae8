import { isExpected, KafkaError } from '../../errors.ts'
import { CreateTopics } from '../../protocol/apis/create-topics.ts'
import { errorName } from '../../protocol/errors.ts'
import { CONTROLLER_TIMEOUT_MS, type ControllerChannel } from '../network/controller-channel.ts'
import type { CreateTopic, NewTopic } from '../state/cluster/new-topic.ts'
import type { BrokerConfig } from '../state/configs/broker-config.ts'

const CONTROLLER = ''
/** What another node has made meanwhile is as good. */
const NO_NEWS = ['NONE', 'TOPIC_ALREADY_EXISTS']

/**
 * Has the controller make topics, each asked for once at a time (AutoTopicCreationManager). Clients ask for a topic
 * until it is there: what stands against it is said once.
 */
export function topicRequests(
  channel: ControllerChannel,
  config: BrokerConfig,
  warn: (line: string) => void,
): CreateTopic {
  const underWay = new Set<string>()
  /** What was said last against a topic, and against the controller, whose name is no topic's. */
  const said = new Map<string, string>()
  const sayOnce = (of: string, problem: string, line: string): void => {
    if (said.get(of) !== problem) warn(line)
    said.set(of, problem)
  }
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
      said.delete(CONTROLLER)
      const refusal = topics.find(({ errorCode }) => !NO_NEWS.includes(errorName(errorCode)))
      const problem = refusal && (refusal.errorMessage ?? errorName(refusal.errorCode))
      if (problem === undefined) said.delete(name)
      else sayOnce(name, problem, `topic ${name} cannot be made: ${problem}`)
    } catch (error) {
      if (!isExpected(error)) throw error
      sayOnce(CONTROLLER, error.message, `topic ${name} cannot be made: ${error.message}`)
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
