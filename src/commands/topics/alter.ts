import { createPartitions } from '../../lib/client/admin/create-partitions.ts'
import type { Result } from '../../lib/command/define.ts'
import type { Action, Work } from '../../lib/work/command.ts'
import { requireTopics } from './find-topics.ts'
import { checkAlter, TOPICS, type TopicsValues } from './options.ts'
import { parseReplicaAssignment } from './replica-assignment.ts'
import { settleTopics } from './settle.ts'

export const alterTopics: Action<TopicsValues> = {
  about: 'Raise the number of partitions.',
  words: TOPICS,
  check: checkAlter,
  run: raisePartitions,
}

/**
 * Raises the partition count of every topic picked. An assignment begins with the partitions that are there; they stay
 * as they are. With --dry-run the broker checks, and changes nothing.
 */
async function raisePartitions(work: Work<TopicsValues>): Promise<Result> {
  const { client, values, context } = work
  const { dryRun, partitions: count, replicaAssignment } = values
  const assignment = replicaAssignment === undefined ? undefined : parseReplicaAssignment(replicaAssignment)
  const topics = await requireTopics(work)
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
  const exitCode = await settleTopics(work, results, 'alter')
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
