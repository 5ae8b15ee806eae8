import type { LogDir } from '../../lib/client/admin/describe-log-dirs.ts'
import { javaException } from '../../lib/java/exception.ts'
import { toJson } from '../../lib/output/json.ts'
import { formatBytes } from '../../lib/output/progress.ts'
import { renderTable } from '../../lib/output/table.ts'

export interface BrokerLogDirs {
  readonly broker: number
  readonly logDirs: readonly LogDir[]
}

/** Two lines on how it went, and the JSON that scripts read. */
export function asText(brokers: readonly BrokerLogDirs[]): string {
  return (
    'Querying brokers for log directories information\n' +
    `Received log directory information from brokers ${brokers.map(({ broker }) => broker).join(',')}\n` +
    `${toJson({ brokers: brokers.map(brokerDocument), version: 1 })}\n`
  )
}

const brokerDocument = ({ broker, logDirs }: BrokerLogDirs) => ({
  broker,
  logDirs: logDirs.map(({ path, error, replicas }) => ({
    partitions: replicas.map(({ topic, partition, sizeInBytes, offsetLag, isFuture }) => ({
      partition: `${topic}-${partition}`,
      size: sizeInBytes,
      offsetLag,
      isFuture,
    })),
    error: error && javaException(error.code),
    logDir: path,
  })),
})

/** The folders and how full they are, then what lies in them. */
export function asTable(brokers: readonly BrokerLogDirs[]): string {
  const dirs = brokers.flatMap(({ broker, logDirs }) => logDirs.map((dir) => ({ broker, ...dir })))
  const replicas = dirs.flatMap((dir) =>
    dir.replicas.map((replica) => ({ ...replica, broker: dir.broker, path: dir.path })),
  )
  const folders = renderTable(
    ['BROKER', 'DIRECTORY', 'REPLICAS', 'SIZE', 'FREE', 'STATE'],
    dirs.map(({ broker, path, replicas: held, usableBytes, error }) => [
      `${broker}`,
      path,
      `${held.length}`,
      size(held.reduce((sum, { sizeInBytes }) => sum + sizeInBytes, 0n)),
      usableBytes === null ? '' : size(usableBytes),
      error ? error.code : 'ok',
    ]),
    { right: [0, 2, 3, 4], below: 'DIRECTORY' },
  )
  if (replicas.length === 0) return folders
  return `${folders}\n${renderTable(
    ['TOPIC', 'PARTITION', 'SIZE', 'LAG', 'BROKER', 'DIRECTORY'],
    replicas.map(({ topic, partition, sizeInBytes, offsetLag, isFuture, broker, path }) => [
      topic,
      `${partition}`,
      size(sizeInBytes),
      `${offsetLag}`,
      `${broker}`,
      isFuture ? `${path} (on its way)` : path,
    ]),
    { right: [1, 2, 3, 4], below: 'DIRECTORY' },
  )}`
}

const size = (bytes: bigint): string => formatBytes(Number(bytes))
