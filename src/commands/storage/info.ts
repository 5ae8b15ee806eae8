import { Disk } from '../../lib/broker/log/disk.ts'
import { readMetaProperties, type MetaProperties } from '../../lib/broker/state/storage/meta-properties.ts'
import { EnvironmentError } from '../../lib/errors.ts'
import type { Result } from '../../lib/command/define.ts'
import type { Action } from '../../lib/work/command.ts'
import { checkConfig, foldersOf, readConfig } from './node-settings.ts'
import type { StorageValues } from './options.ts'

export const info: Action<StorageValues> = {
  about: 'Show whose the folders of a node are.',
  words: [{ name: 'server.properties', about: 'The settings of the node.', into: 'config', isOptional: true }],
  check: checkConfig,
  offline: async ({ values, context }) => describe(look(foldersOf(readConfig(values, context.cwd), context.cwd))),
}

interface Found {
  readonly directories: readonly string[]
  /** Of the first folder that says so; null where none does. */
  readonly metadata: MetaProperties | null
  readonly problems: readonly string[]
}

const describe = (found: Found): Result => ({
  data: found,
  text: () => asText(found),
  exitCode: found.problems.length > 0 ? 1 : 0,
})

/** In the words of StorageTool.infoCommand. */
function look(paths: readonly string[]): Found {
  const disk = new Disk()
  const directories: string[] = []
  const problems: string[] = []
  let metadata: MetaProperties | null = null
  for (const path of paths) {
    if (!disk.isDirectory(path)) {
      problems.push(`${path} ${disk.exists(path) ? 'is not a directory' : 'does not exist'}`)
      continue
    }
    directories.push(path)
    if (!disk.exists(`${path}/meta.properties`)) problems.push(`${path} is not formatted.`)
    else metadata = readOne(disk, path, metadata, problems)
  }
  return { directories, metadata, problems }
}

function readOne(disk: Disk, path: string, before: MetaProperties | null, problems: string[]): MetaProperties | null {
  try {
    const meta = readMetaProperties(disk, path)
    if (before && meta?.clusterId !== before.clusterId)
      problems.push('Mismatched cluster IDs between storage directories.')
    else if (before && meta?.nodeId !== before.nodeId) problems.push('Mismatched node IDs between storage directories.')
    return before ?? meta
  } catch (error) {
    if (!(error instanceof EnvironmentError)) throw error
    problems.push(`Error loading ${path}/meta.properties: ${error.message}`)
    return before
  }
}

function asText({ directories, metadata, problems }: Found): string {
  const found = metadata && {
    'cluster.id': metadata.clusterId,
    'directory.id': metadata.directoryId,
    'node.id': metadata.nodeId,
    version: 1,
  }
  const pairs = Object.entries(found ?? {}).map(([name, value]) => `${name}=${value}`)
  return [
    section(directories, 'Found log directory:', 'Found log directories:'),
    found ? `Found metadata: {${pairs.join(', ')}}\n\n` : '',
    section(problems, 'Found problem:', 'Found problems:'),
  ].join('')
}

const section = (lines: readonly string[], one: string, several: string): string =>
  lines.length === 0 ? '' : `${lines.length === 1 ? one : several}\n${lines.map((line) => `  ${line}\n`).join('')}\n`
