import { createTopics as create, type CreatedTopic, type NewTopic } from '../../lib/client/admin/create-topics.ts'
import type { Context, Result } from '../../lib/command/define.ts'
import { nearSetting } from '../../lib/config/setting-names.ts'
import { nearValue, readSetting } from '../../lib/config/setting-values.ts'
import { UserError } from '../../lib/errors.ts'
import { write } from '../../lib/output/write.ts'
import type { Action, Order, Work } from '../../lib/work/command.ts'
import { checkCreate, TOPICS, type TopicsValues } from './options.ts'
import { parseReplicaAssignment } from './replica-assignment.ts'
import { settleTopics } from './settle.ts'

const MAX_REPLICATION_FACTOR = 32_767

export const createTopics: Action<TopicsValues, NewTopic[]> = {
  about: 'Create topics.',
  // The topics that there are cannot be created.
  words: [{ ...TOPICS[0], completes: [] }],
  check: checkCreate,
  read: readNewTopics,
  run: createEach,
}

/** Under kts several names stand with commas between them. Throws UserError. */
function readNewTopics({ values, context: { style } }: Order<TopicsValues>): NewTopic[] {
  const { topic, partitions, replicationFactor, replicaAssignment } = values
  if (partitions !== undefined && partitions < 1) {
    throw new UserError(`--partitions ${partitions}: a topic has one partition at least`)
  }
  if (replicationFactor !== undefined && (replicationFactor < 1 || replicationFactor > MAX_REPLICATION_FACTOR)) {
    throw new UserError(`--replication-factor ${replicationFactor} is not between 1 and ${MAX_REPLICATION_FACTOR}`)
  }
  const wanted = {
    ...(partitions !== undefined && { partitions }),
    ...(replicationFactor !== undefined && { replicationFactor }),
    ...(replicaAssignment !== undefined && { assignments: parseReplicaAssignment(replicaAssignment) }),
    configs: readConfigs(values.config, style),
  }
  return (style === 'kts' ? [...new Set(topic!.split(','))] : [topic!]).map((name) => ({ name, ...wanted }))
}

async function createEach({ client, values, context, input: topics }: Work<TopicsValues, NewTopic[]>): Promise<Result> {
  if (topics.some(({ name }) => /[._]/.test(name))) await warnOfCollision(context)
  const { dryRun, ifNotExists } = values
  const created = await create(client, topics, { validateOnly: dryRun })
  const isThere = ({ error }: CreatedTopic): boolean => error?.code === 'TOPIC_ALREADY_EXISTS' && ifNotExists
  const exitCode = await settleTopics(
    { client, context },
    created.map((item) => ({
      topic: item.name,
      error: isThere(item) ? null : item.error,
      more: item.error?.code === 'INVALID_CONFIG' ? hintOn(topics[0]?.configs ?? new Map<string, string>()) : '',
    })),
    'create',
  )
  const sentences = created.map((item) => sentenceOf(item, dryRun)).join('')
  return {
    data: created.map((item) => dataOf(isThere(item) ? { ...item, error: null } : item, item.error === null, dryRun)),
    text: () => sentences,
    table: () =>
      sentences +
      created
        .filter(isThere)
        .map(({ name }) => `Topic ${name} exists already.\n`)
        .join(''),
    exitCode,
  }
}

const hintOn = (configs: ReadonlyMap<string, string>): string =>
  nearSetting('topics', configs.keys()) || nearValue(configs)

/**
 * `name=value`; spaces around either do not count, and of a name given twice the last one does. Under kts `7d` and
 * `10MiB` are values.
 */
function readConfigs(configs: readonly string[], style: Context['style']): Map<string, string> {
  return new Map(
    configs.map((config) => {
      const at = config.indexOf('=')
      const [name, value] = [config.slice(0, at).trim(), config.slice(at + 1).trim()]
      if (at < 0 || name === '' || value === '') throw new UserError(`--config ${config}: write NAME=VALUE`)
      return [name, style === 'kts' ? readSetting(name, value) : value]
    }),
  )
}

/**
 * Metric names hold neither "." nor "_" apart, so a broker refuses a topic that differs from another in nothing else.
 */
async function warnOfCollision({ style, stdout, stderr }: Context): Promise<void> {
  await write(
    style === 'drop-in' ? stdout : stderr,
    'WARNING: Kafka\'s metrics treat "." and "_" alike, so names of topics ' +
      'that differ in nothing else collide. It is best to use only one of the two.\n',
  )
}

const sentenceOf = ({ name, error }: CreatedTopic, dryRun: boolean): string =>
  error ? '' : `${dryRun ? 'Would create' : 'Created'} topic ${name}.\n`

function dataOf(
  { name, topicId, partitions, replicationFactor, error }: CreatedTopic,
  isNew: boolean,
  dryRun: boolean,
) {
  const known = isNew
    ? { topicId, partitions, replicationFactor }
    : { topicId: null, partitions: null, replicationFactor: null }
  return { topic: name, created: isNew && !dryRun, ...known, error, ...(dryRun && { dryRun }) }
}
