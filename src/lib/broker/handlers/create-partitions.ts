import { KafkaError } from '../../errors.ts'
import { CreatePartitions, type CreatePartitionsRequest } from '../../protocol/apis/create-partitions.ts'
import { handle } from '../handle.ts'
import type { Broker } from '../state/broker.ts'
import { refusalOf } from '../state/refusal.ts'
import { partitionTotalCheck, planPartitions } from '../state/topic-creation.ts'
import { inTurns } from '../state/turns.ts'
import { firstByKey, repeatedIn } from './shared/repeated.ts'
import { requireRight } from './shared/rights.ts'

export const createPartitions = handle(CreatePartitions, 'each', async (request, context) => {
  const { broker } = context
  const repeated = repeatedIn(request.topics.map(({ name }) => name))
  const checkTotal = partitionTotalCheck(
    request.topics.map(({ name, count }) => count - (broker.cluster.topic(name)?.partitions.length ?? count)),
  )
  const results = await inTurns(
    broker.turns,
    firstByKey(request.topics, ({ name }) => name),
    (topic) => {
      try {
        if (repeated.has(topic.name)) throw new KafkaError('INVALID_REQUEST', 'Duplicate topic name.')
        requireRight(context, 'ALTER', 'TOPIC', topic.name)
        checkTotal()
        extend(broker, topic, request.validateOnly)
        return { name: topic.name }
      } catch (error) {
        return { name: topic.name, ...refusalOf(error) }
      }
    },
  )
  return { results }
})

/** Throws KafkaError with Kafka's own sentences (ReplicationControlManager.createPartitions). */
function extend(
  broker: Broker,
  { name, count, assignments }: CreatePartitionsRequest['topics'][number],
  validateOnly: boolean,
): void {
  const topic = broker.cluster.topic(name)
  if (!topic) throw new KafkaError('UNKNOWN_TOPIC_OR_PARTITION', 'This server does not host this topic-partition.')
  const before = topic.partitions.length
  if (count === before) throw new KafkaError('INVALID_PARTITIONS', `Topic already has ${before} partition(s).`)
  if (count < before)
    throw new KafkaError(
      'INVALID_PARTITIONS',
      `The topic ${name} currently has ${before} partition(s); ${count} would not be an increase.`,
    )
  const added = count - before
  if (assignments !== null && assignments.length !== added) {
    throw new KafkaError(
      'INVALID_REPLICA_ASSIGNMENT',
      `Attempted to add ${added} additional partition(s), but only ${assignments.length} assignment(s) were specified.`,
    )
  }
  const partitions = planPartitions(broker, topic, count, assignments && assignments.map(({ brokerIds }) => brokerIds))
  if (!validateOnly) broker.cluster.addPartitions(name, partitions)
}
