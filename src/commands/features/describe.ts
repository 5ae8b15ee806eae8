import { describeFeatures } from '../../lib/client/admin/describe-api-versions.ts'
import { METADATA_VERSION, releaseOf } from '../../lib/protocol/metadata-version.ts'
import type { KafkaClient } from '../../lib/client/types.ts'
import type { Result } from '../../lib/command/define.ts'
import { renderTable } from '../../lib/output/table.ts'

interface DescribedFeature {
  readonly feature: string
  /** What the node that was asked could do. */
  readonly minLevel: number
  readonly maxLevel: number
  /** What the cluster has agreed on; 0 is off. */
  readonly level: number
  /** Of metadata.version: the release behind the level. */
  readonly release?: string
  /** Of the agreement; null where there is none. */
  readonly epoch: bigint | null
}

/** The features of the cluster as one node sees them (KIP-584). Throws EnvironmentError, KafkaError. */
export async function describe(client: KafkaClient, nodeId: number | undefined): Promise<Result> {
  const { supported, finalized, epoch } = await describeFeatures(client, nodeId)
  const data = [...supported]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([feature, { minVersion, maxVersion }]): DescribedFeature => {
      const level = finalized.get(feature) ?? 0
      const release = feature === METADATA_VERSION ? releaseOf(level) : undefined
      return {
        feature,
        minLevel: minVersion,
        maxLevel: maxVersion,
        level,
        ...(release !== undefined && { release }),
        epoch: epoch < 0n ? null : epoch,
      }
    })
  return { data, text: () => data.map(asLine).join(''), table: () => asTable(data) }
}

function asLine(described: DescribedFeature): string {
  const { feature, epoch } = described
  const [min, max, level] = levelNames(described).map((name) => name.padEnd(15))
  return `Feature: ${feature.padEnd(40)}  SupportedMinVersion: ${min}  SupportedMaxVersion: ${max}  FinalizedVersionLevel: ${level}  Epoch: ${epoch ?? '-'}\n`
}

function asTable(described: readonly DescribedFeature[]): string {
  if (described.length === 0) return 'No features.\n'
  return renderTable(
    ['FEATURE', 'LEVEL', 'LOWEST', 'HIGHEST'],
    described.map((each) => {
      const [min, max, level] = levelNames(each)
      return [each.feature, level!, min!, max!]
    }),
  )
}

const levelNames = ({ feature, minLevel, maxLevel, level }: DescribedFeature): string[] =>
  [minLevel, maxLevel, level].map((each) =>
    feature === METADATA_VERSION ? (releaseOf(each) ?? `UNKNOWN ${each}`) : String(each),
  )
