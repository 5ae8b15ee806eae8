import { partitionName, type TopicPartition } from '../client/topic-partition.ts'
import { UserError } from '../errors.ts'
import { readText } from '../files.ts'

export interface JsonFile {
  readonly file: string
  readonly cwd: string
  /** The option that named it, for messages: `--path-to-json-file`. */
  readonly option: string
}

/** What a file of JSON holds. Throws UserError. */
export function readJsonFile({ file, cwd, option }: JsonFile): unknown {
  const text = readText(file, { cwd, before: `${option} ` })
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new UserError(`${file} is not JSON: ${text.trim() === '' ? 'it is empty' : (error as SyntaxError).message}`)
  }
}

/**
 * Reads the list of partitions that Apache's tools take, `{"version": 1, "partitions": [{"topic": …, "partition": …,
 * …}]}`; `parseRest` reads what else an item holds. The version may be missing. Throws UserError, also for a partition
 * named twice.
 */
export function readPartitionsFile<R extends object>(
  source: JsonFile,
  parseRest: (item: Readonly<Record<string, unknown>>, where: string) => R,
): (TopicPartition & R)[] {
  const document = readJsonFile(source)
  const { version = 1, partitions } = isObject(document) ? document : {}
  if (version !== 1) throw new UserError(`${source.file}: "version" is ${JSON.stringify(version)}; only 1 is known`)
  if (!Array.isArray(partitions)) throw new UserError(`${source.file} has no list "partitions"`)
  const items = partitions.map((item: unknown, index) => {
    const where = `${source.file}: partitions[${index}]`
    return { ...parsePartition(item, where), ...parseRest(item as Record<string, unknown>, where) }
  })
  rejectTwice(items, source.file)
  return items
}

function parsePartition(item: unknown, where: string): TopicPartition {
  const { topic, partition } = isObject(item) ? item : {}
  if (typeof topic !== 'string') throw new UserError(`${where}: "topic" is missing or not a string`)
  if (!Number.isSafeInteger(partition)) throw new UserError(`${where}: "partition" is missing or not a whole number`)
  return { topic, partition: partition as number }
}

function rejectTwice(items: readonly TopicPartition[], file: string): void {
  const seen = new Set<string>()
  for (const name of items.map(partitionName)) {
    if (seen.has(name)) throw new UserError(`${file} names the partition ${name} twice`)
    seen.add(name)
  }
}

export const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null
