/** Names of files in a log's folder (LogFileUtils in Kafka): twenty digits of base offset, then what the file is. */
export const SUFFIX = {
  log: '.log',
  index: '.index',
  timeIndex: '.timeindex',
  transactionIndex: '.txnindex',
  snapshot: '.snapshot',
  deleted: '.deleted',
  cleaned: '.cleaned',
  swap: '.swap',
  temporary: '.tmp',
} as const

/** What a segment has beside its `.log`. The last one is there only when a transaction was aborted. */
export const INDEX_SUFFIXES = [SUFFIX.index, SUFFIX.timeIndex, SUFFIX.transactionIndex] as const
export const SEGMENT_SUFFIXES = [SUFFIX.log, ...INDEX_SUFFIXES] as const

const OFFSET_DIGITS = 20
const OFFSET = /^\d{20}/
const LOG_FOLDER = /^(.+)-(\d+)$/
const DELETED_FOLDER = /^.+-\d+\.[0-9a-f]+-delete$/

export function offsetFile(directory: string, offset: bigint, suffix: string): string {
  return `${directory}/${offset.toString().padStart(20, '0')}${suffix}`
}

/** The offset in the name of a file with the suffix asked for; null for any other file. */
export function offsetOfFile(name: string, suffix: string): bigint | null {
  if (name.length !== OFFSET_DIGITS + suffix.length || !name.endsWith(suffix) || !OFFSET.test(name)) return null
  return BigInt(name.slice(0, OFFSET_DIGITS))
}

/** Offsets of the files with a suffix, ascending. */
export function offsetsOf(names: readonly string[], suffix: string): bigint[] {
  const offsets = names.map((name) => offsetOfFile(name, suffix)).filter((offset) => offset !== null)
  return offsets.sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))
}

export function logFolder(topic: string, partition: number): string {
  return `${topic}-${partition}`
}

/** The partition whose log a folder of the data directory holds; null when it holds none. */
export function partitionOfFolder(name: string): { topic: string; partition: number } | null {
  const [, topic, partition] = LOG_FOLDER.exec(name) ?? []
  return topic !== undefined && partition !== undefined ? { topic, partition: Number(partition) } : null
}

/**
 * The name of a log's folder between its deletion and its disappearance. Kept under the 255 bytes of a file name, as
 * Kafka does.
 */
export function deletedFolder(topic: string, partition: number, unique: string): string {
  const suffix = `-${partition}.${unique}-delete`
  return topic.slice(0, 255 - suffix.length) + suffix
}

/** True for the folder of a log whose deletion was interrupted: it may be removed. */
export function isDeletedFolder(name: string): boolean {
  return DELETED_FOLDER.test(name)
}
