import { createPartitions } from '../../lib/client/admin/create-partitions.ts'
import type { KafkaClient } from '../../lib/client/types.ts'
import type { Context, Result } from '../../lib/command/define.ts'
import { requireTopics } from './find-topics.ts'
import type { TopicsValues } from './options.ts'
import { parseReplicaAssignment } from './replica-assignment.ts'
import { settle } from './settle.ts'

/** Raises the partition count of every topic picked. An assignment begins with the partitions that are there; they stay as they are. */
export async function alterTopics(client: KafkaClient, values: TopicsValues, context: Context): Promise<Result> {
  const assignment = values.replicaAssignment === undefined ? undefined : parseReplicaAssignment(values.replicaAssignment)
  const topics = await requireTopics(client, values)
  const results = topics.length === 0 ? [] : await createPartitions(client, topics.map(({ name, partitions }) => ({
    topic: name, count: values.partitions!, ...(assignment && { assignments: assignment.slice(partitions) }),
  })))
  const exitCode = await settle(context, results, 'alter')
  return {
    data: results.map(({ topic, error }) => (error ? { topic, altered: false, error } : { topic, altered: true, partitions: values.partitions })),
    text: () => '',
    table: () => results.map(({ topic, error }) => (error ? '' : `Topic ${topic} has ${values.partitions} partitions now.\n`)).join(''),
    exitCode,
  }
}
