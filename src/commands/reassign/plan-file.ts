import type { ReplicaLogDir } from '../../lib/client/admin/alter-replica-log-dirs.ts'
import type { TopicPartition } from '../../lib/client/topic-partition.ts'
import { isObject, readJsonFile, readPartitionsFile } from '../../lib/config/json-file.ts'
import { UserError } from '../../lib/errors.ts'
import type { Order } from '../../lib/work/command.ts'
import type { ReassignValues } from './options.ts'

/** In a plan: whichever directory. */
export const ANY = 'any'

export interface PlannedPartition extends TopicPartition {
  readonly replicas: readonly number[]
  /** One for each replica, `any` where it does not matter. */
  readonly logDirs: readonly string[]
}

/** Reads a plan, in the order of topics and partitions. Throws UserError. */
function readPlan(file: string, cwd: string): PlannedPartition[] {
  const plan = readPartitionsFile(
    { file, cwd, option: '--reassignment-json-file' },
    ({ replicas, log_dirs }, where) => {
      if (!isListOf(replicas, Number.isSafeInteger))
        throw new UserError(`${where}: "replicas" is missing or no list of broker ids`)
      const logDirs = log_dirs ?? (replicas as number[]).map(() => ANY)
      if (!isListOf(logDirs, (path) => typeof path === 'string'))
        throw new UserError(`${where}: "log_dirs" is no list of paths`)
      if (logDirs.length !== replicas.length)
        throw new UserError(`${where}: "log_dirs" has ${logDirs.length} items, "replicas" ${replicas.length}`)
      return { replicas: replicas as number[], logDirs: logDirs as string[] }
    },
  )
  return sortPartitions(plan)
}

export const planOf = ({ values, context: { cwd } }: Order<ReassignValues>): PlannedPartition[] =>
  readPlan(values.reassignmentJsonFile!, cwd)

/** What cannot be carried out. Throws UserError. */
export function checkPlan(plan: readonly PlannedPartition[], file: string): void {
  if (plan.length === 0) throw new UserError(`${file} names no partition`)
  for (const { topic, partition, replicas } of plan) {
    if (replicas.length === 0) throw new UserError(`${file}: ${topic}-${partition} has no replica`)
    const twice = replicas.find((id, index) => replicas.indexOf(id) < index)
    if (twice !== undefined) throw new UserError(`${file}: ${topic}-${partition} has broker ${twice} twice`)
  }
}

/** The replicas that are to lie in a directory that was named. */
export const plannedDirs = (plan: readonly PlannedPartition[]): ReplicaLogDir[] =>
  plan.flatMap(({ topic, partition, replicas, logDirs }) =>
    replicas.flatMap((broker, index) =>
      logDirs[index] === ANY ? [] : [{ topic, partition, broker, logDir: logDirs[index]! }],
    ),
  )

/** Reads the names of topics: `{"topics": [{"topic": …}], "version": 1}`. Throws UserError. */
export function readTopics(file: string, cwd: string): string[] {
  const document = readJsonFile({ file, cwd, option: '--topics-to-move-json-file' })
  const { version = 1, topics } = isObject(document) ? document : {}
  if (version !== 1) throw new UserError(`${file}: "version" is ${JSON.stringify(version)}; only 1 is known`)
  if (!isListOf(topics, (item) => isObject(item) && typeof item.topic === 'string'))
    throw new UserError(`${file} has no list "topics" of {"topic": …}`)
  const names = (topics as { topic: string }[]).map(({ topic }) => topic)
  const twice = names.find((name, index) => names.indexOf(name) < index)
  if (twice !== undefined) throw new UserError(`${file} names the topic ${twice} twice`)
  return names
}

/** Reads `1,2,3`. Throws UserError. */
export function readBrokers(text: string): number[] {
  const ids = text.split(',').map((id) => {
    if (!/^[+-]?\d+$/.test(id)) throw new UserError(`--broker-list: "${id}" is not the number of a broker`)
    return Number(id)
  })
  const twice = ids.find((id, index) => ids.indexOf(id) < index)
  if (twice !== undefined) throw new UserError(`--broker-list names broker ${twice} twice`)
  return ids
}

export const sortPartitions = <T extends TopicPartition>(items: readonly T[]): T[] =>
  [...items].sort((a, b) => (a.topic < b.topic ? -1 : a.topic > b.topic ? 1 : a.partition - b.partition))

/** A plan as the file that it can be read from. */
export const planJson = (plan: readonly PlannedPartition[]): string =>
  JSON.stringify({
    version: 1,
    partitions: plan.map(({ topic, partition, replicas, logDirs }) => ({
      topic,
      partition,
      replicas,
      log_dirs: logDirs,
    })),
  })

const isListOf = (value: unknown, isItem: (item: unknown) => boolean): value is unknown[] =>
  Array.isArray(value) && value.every(isItem)
