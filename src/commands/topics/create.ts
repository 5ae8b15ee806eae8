import { createTopics, type CreatedTopic, type NewTopic } from '../../lib/client/admin/create-topics.ts'
import type { KafkaClient } from '../../lib/client/types.ts'
import type { Context, Result } from '../../lib/command/define.ts'
import { UserError } from '../../lib/errors.ts'
import { write } from '../../lib/output/write.ts'
import type { TopicsValues } from './options.ts'
import { parseReplicaAssignment } from './replica-assignment.ts'
import { settleTopics } from './settle.ts'

const MAX_REPLICATION_FACTOR = 32_767

/** What --create asks for. Throws UserError. */
export function readNewTopic(values: TopicsValues): NewTopic {
  const { partitions, replicationFactor, replicaAssignment } = values
  if (partitions !== undefined && partitions < 1) {
    throw new UserError(`--partitions ${partitions}: a topic has one partition at least`)
  }
  if (replicationFactor !== undefined && (replicationFactor < 1 || replicationFactor > MAX_REPLICATION_FACTOR)) {
    throw new UserError(`--replication-factor ${replicationFactor} is not between 1 and ${MAX_REPLICATION_FACTOR}`)
  }
  return {
    name: values.topic!,
    ...(partitions !== undefined && { partitions }),
    ...(replicationFactor !== undefined && { replicationFactor }),
    ...(replicaAssignment !== undefined && { assignments: parseReplicaAssignment(replicaAssignment) }),
    configs: readConfigs(values.config),
  }
}

export async function createTopic(
  client: KafkaClient,
  topic: NewTopic,
  values: TopicsValues,
  context: Context,
): Promise<Result> {
  if (/[._]/.test(topic.name)) await warnOfCollision(context)
  const { dryRun } = values
  const [created] = await createTopics(client, [topic], { validateOnly: dryRun })
  const exists = created?.error?.code === 'TOPIC_ALREADY_EXISTS' && values.ifNotExists
  const exitCode = exists
    ? 0
    : await settleTopics(client, context, [{ topic: topic.name, error: created?.error ?? null }], 'create')
  return showCreated(topic.name, exists ? undefined : created, exitCode, dryRun)
}

/** `name=value`; spaces around either do not count, and of a name given twice the last one does. */
function readConfigs(configs: readonly string[]): Map<string, string> {
  return new Map(
    configs.map((config) => {
      const at = config.indexOf('=')
      const [name, value] = [config.slice(0, at).trim(), config.slice(at + 1).trim()]
      if (at < 0 || name === '' || value === '') throw new UserError(`--config ${config}: write NAME=VALUE`)
      return [name, value]
    }),
  )
}

/**
 * Metric names hold neither "." nor "_" apart, so a broker refuses a topic that differs from another in nothing else.
 */
async function warnOfCollision({ style, stdout, stderr }: Context): Promise<void> {
  await write(
    style === 'drop-in' ? stdout : stderr,
    'WARNING: Metrics do not tell "." from "_", so names of topics ' +
      'that differ in nothing else collide. It is best to use only one of the two.\n',
  )
}

function showCreated(name: string, created: CreatedTopic | undefined, exitCode: number, dryRun: boolean): Result {
  const isFine = created !== undefined && created.error === null
  const { topicId = null, partitions = null, replicationFactor = null, error = null } = created ?? {}
  const sentence = isFine ? `${dryRun ? 'Would create' : 'Created'} topic ${name}.\n` : ''
  return {
    data: {
      topic: name,
      created: isFine && !dryRun,
      topicId,
      partitions,
      replicationFactor,
      error,
      ...(dryRun && { dryRun }),
    },
    text: () => sentence,
    table: () => (exitCode === 0 && !isFine ? `Topic ${name} exists already.\n` : sentence),
    exitCode,
  }
}
