import { resolve } from 'node:path'
import { Disk } from '../../lib/broker/log/disk.ts'
import { formatFolder } from '../../lib/broker/format.ts'
import { readMetaProperties, type MetaProperties } from '../../lib/broker/state/storage/meta-properties.ts'
import type { Result } from '../../lib/command/define.ts'
import { EnvironmentError, UserError } from '../../lib/errors.ts'
import { fileProblem } from '../../lib/files.ts'
import type { NewMetadataRecord } from '../../lib/protocol/internal-records/index.ts'
import type { Voters } from '../../lib/protocol/log-files/index.ts'
import { METADATA_VERSION, releaseOf } from '../../lib/protocol/metadata-version.ts'
import { randomUuid } from '../../lib/protocol/uuid.ts'
import type { Action, Order } from '../../lib/work/command.ts'
import { firstLevels, levelRecords } from './levels.ts'
import { checkConfig, foldersOf, readConfig } from './node-settings.ts'
import type { StorageValues } from './options.ts'
import { scramRecord } from './scram.ts'
import { firstVoters } from './voters.ts'

export const format: Action<StorageValues> = {
  about: 'Make the folders of a node ready for its first start.',
  words: [{ name: 'server.properties', about: 'The settings of the node.', into: 'config', isOptional: true }],
  check(order) {
    checkConfig(order)
    const { values, context, action } = order
    if (values.clusterId === undefined && context.style === 'drop-in')
      throw new UserError(`${action} needs --cluster-id`)
    const quorums = [values.standalone, values.noInitialControllers, values.initialControllers !== undefined]
    if (quorums.filter(Boolean).length > 1)
      throw new UserError('--standalone, --no-initial-controllers and --initial-controllers exclude each other')
  },
  offline: async (order) => formatAll(order),
}

interface Formatted {
  readonly directory: string
  /** As Kafka's tool calls it. */
  readonly kind: string
}

function formatAll({ values, context }: Order<StorageValues>): Result {
  const config = readConfig(values, context.cwd)
  const nodeId = config.number('node.id')
  const voters = firstVoters(values, config)
  const levels = firstLevels(values, voters !== undefined || values.noInitialControllers)
  const records = [...levelRecords(levels), ...values.addScram.map(scramRecord)]
  const disk = new Disk()
  const folders = foldersOf(config, context.cwd)
  const metas = folders.map((path) => readMetaProperties(disk, path))
  const clusterId = values.clusterId ?? metas.find((meta) => meta !== null)?.clusterId ?? randomUuid()
  folders.forEach((path, index) => checkOwner(path, metas[index]!, { clusterId, nodeId }))
  const done = folders.find((_, index) => metas[index] !== null)
  if (done !== undefined && !values.ignoreFormatted)
    throw new EnvironmentError(
      `Log directory ${done} is already formatted. Use --ignore-formatted to ignore this directory and format the others.`,
    )
  const metadataFolder = resolve(context.cwd, config.metadataLogDir())
  const formatted = folders
    .filter((_, index) => metas[index] === null)
    .map((directory): Formatted => {
      const isMetadata = directory === metadataFolder
      const own = isMetadata ? voters?.find(({ voterId }) => voterId === nodeId) : undefined
      const folder = { directory, clusterId, nodeId, records, directoryId: own?.voterDirectoryId }
      tryTo(directory, () => formatFolder(disk, context.clock, { ...folder, ...(isMetadata && { voters }) }))
      return { directory, kind: isMetadata ? metadataKind(voters, own !== undefined) : 'data directory' }
    })
  const release = releaseOf(levels.get(METADATA_VERSION)!)!
  return {
    data: {
      clusterId,
      nodeId,
      formatted: formatted.map(({ directory }) => directory),
      features: Object.fromEntries(levels),
    },
    text: () =>
      formatted.length === 0
        ? 'All of the log directories are already formatted.\n'
        : (context.style === 'drop-in'
            ? bootstrapLine(records, levels.get(METADATA_VERSION)!)
            : `Cluster id: ${clusterId}\n`) +
          formatted
            .map(({ kind, directory }) => `Formatting ${kind} ${directory} with ${METADATA_VERSION} ${release}.\n`)
            .join(''),
  }
}

/** In the words of MetaPropertiesEnsemble.verify. Throws EnvironmentError. */
function checkOwner(
  path: string,
  meta: MetaProperties | null,
  expected: Pick<MetaProperties, 'clusterId' | 'nodeId'>,
): void {
  if (meta === null) return
  const refuse = (name: string, wanted: string | number, read: string | number): never => {
    throw new EnvironmentError(`Invalid ${name} in: ${path}/meta.properties. Expected ${wanted}, but read ${read}`)
  }
  if (meta.clusterId !== expected.clusterId) refuse('cluster.id', expected.clusterId, meta.clusterId)
  if (meta.nodeId !== expected.nodeId) refuse('node.id', expected.nodeId, meta.nodeId)
}

function tryTo(directory: string, work: () => void): void {
  try {
    work()
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error
    throw new EnvironmentError(`${directory} cannot be formatted: ${fileProblem(error)}`)
  }
}

const metadataKind = (voters: Voters | undefined, isVoter: boolean): string =>
  voters ? (isVoter ? 'dynamic metadata voter directory' : 'dynamic metadata directory') : 'metadata directory'

/** As Java shows a BootstrapMetadata. */
const bootstrapLine = (records: readonly NewMetadataRecord[], level: number): string =>
  `Bootstrap metadata: BootstrapMetadata(records=[${records.map(inJava).join(', ')}], metadataVersionLevel=${level}, source=format command)\n`

function inJava({ type, ...fields }: NewMetadataRecord): string {
  const name = type === 'FEATURE_LEVEL_RECORD' ? 'FeatureLevelRecord' : 'UserScramCredentialRecord'
  const shown = Object.entries(fields).map(([key, value]) => `${key}=${javaValue(value)}`)
  return `ApiMessageAndVersion(${name}(${shown.join(', ')}) at version 0)`
}

function javaValue(value: unknown): string {
  if (value instanceof Buffer) return `[${[...new Int8Array(value)].join(', ')}]`
  return typeof value === 'string' ? `'${value}'` : String(value)
}
