import { createPartitions } from '../../lib/client/admin/create-partitions.ts'
import type { KafkaClient } from '../../lib/client/types.ts'
import type { Context, Result } from '../../lib/command/define.ts'
import { requireTopics } from './find-topics.ts'
import type { TopicsValues } from './options.ts'
import { parseReplicaAssignment } from './replica-assignment.ts'
import { settleTopics } from './settle.ts'

/**
 * Raises the partition count of every topic picked. An assignment begins with the partitions that are there; they stay
 * as they are. With --dry-run the broker checks, and changes nothing.
 */
export async function alterTopics(client: KafkaClient, values: TopicsValues, context: Context): Promise<Result> {
  const { dryRun, partitions: count, replicaAssignment } = values
  const assignment = replicaAssignment === undefined ? undefined : parseReplicaAssignment(replicaAssignment)
  const topics = await requireTopics(client, values, context)
  const results =
    topics.length === 0
      ? []
      : await createPartitions(
          client,
          topics.map(({ name, partitions }) => ({
            topic: name,
            count: count!,
            ...(assignment && { assignments: assignment.slice(partitions) }),
          })),
          { validateOnly: dryRun },
        )
  const exitCode = await settleTopics(client, context, results, 'alter')
  const altered = results.flatMap(({ topic, error }) => (error ? [] : [topic]))
  const planned = (): string => altered.map((topic) => `Would give topic ${topic} ${count} partitions.\n`).join('')
  const told = (): string => altered.map((topic) => `Topic ${topic} has ${count} partitions now.\n`).join('')
  return {
    data: results.map(({ topic, error }) =>
      error
        ? { topic, altered: false, error }
        : { topic, altered: !dryRun, partitions: count, ...(dryRun && { dryRun }) },
    ),
    // Apache's tool says nothing.
    text: () => (dryRun ? planned() : context.style === 'kts' ? told() : ''),
    table: () => (dryRun ? planned() : told()),
    exitCode,
  }
}
