import { EnvironmentError } from '../../../errors.ts'
import { PropertiesError, parseProperties } from '../../../properties.ts'
import { randomUuid } from '../../../protocol/uuid.ts'
import type { FileSystem } from '../../log/file-system.ts'

const MAX_NODE_ID = 0x7fff_ffff
/** Kafka takes any text, such as a UUID in plain base64. */
const CLUSTER_ID = /^[^\s\\\p{C}]+$/u

/** Who a folder belongs to, as `meta.properties` of a KRaft broker says it (version 1). */
export interface MetaProperties {
  readonly clusterId: string
  readonly nodeId: number
  readonly directoryId: string
}

/** Throws EnvironmentError for a file that cannot be understood. */
export function readMetaProperties(fileSystem: FileSystem, directory: string): MetaProperties | null {
  const path = `${directory}/meta.properties`
  const content = fileSystem.readFile(path)
  if (content === null) return null
  const values = parse(content)
  const clusterId = values.get('cluster.id') ?? ''
  const nodeId = Number(/^\d+$/.exec(values.get('node.id') ?? values.get('broker.id') ?? '')?.[0] ?? Number.NaN)
  if (!CLUSTER_ID.test(clusterId) || !(nodeId <= MAX_NODE_ID))
    throw new EnvironmentError(`${path} names no cluster.id and node.id; is this folder Kafka's?`, {
      code: 'DATA_DIR_UNUSABLE',
    })
  return { clusterId, nodeId, directoryId: values.get('directory.id') ?? randomUuid() }
}

/** Nothing from what is no properties file. */
function parse(content: Buffer): Map<string, string> {
  try {
    return parseProperties(content.toString())
  } catch (error) {
    if (error instanceof PropertiesError) return new Map()
    throw error
  }
}

export function writeMetaProperties(fileSystem: FileSystem, directory: string, meta: MetaProperties): void {
  const lines = [
    `cluster.id=${meta.clusterId}`,
    `directory.id=${meta.directoryId}`,
    `node.id=${meta.nodeId}`,
    'version=1',
  ]
  fileSystem.writeFileAtomically(`${directory}/meta.properties`, `#\n${lines.join('\n')}\n`)
}
