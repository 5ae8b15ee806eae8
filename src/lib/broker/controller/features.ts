import { KafkaError } from '../../errors.ts'
import { UPGRADE_TYPES, type UpdateFeaturesRequest } from '../../protocol/apis/update-features.ts'
import type { NewMetadataRecord } from '../../protocol/internal-records/index.ts'
import { hasMetadataChanged, KRAFT_VERSION, METADATA_VERSION } from '../../protocol/metadata-version.ts'
import type { VersionRange } from '../state/cluster/types.ts'
import { FEATURES, OWN_FEATURES } from '../state/features.ts'
import type { ControllerView } from './view.ts'

type Update = UpdateFeaturesRequest['featureUpdates'][number]

const ELR = 'eligible.leader.replicas.version'
const DISABLED: VersionRange = { minVersion: 0, maxVersion: 0 }

/**
 * The records of new levels for features: of all that are asked for or of none (FeatureControlManager.updateFeatures).
 * Throws KafkaError INVALID_UPDATE_VERSION for the first that cannot be.
 */
export function featureRecords(
  view: ControllerView,
  updates: readonly Update[],
  controllerId: number,
): NewMetadataRecord[] {
  return updates.flatMap((update) => {
    const reason = reasonAgainst(view, update, controllerId)
    if (reason !== null) throw new KafkaError('INVALID_UPDATE_VERSION', reason)
    const { feature: name, maxVersionLevel: featureLevel } = update
    const record: NewMetadataRecord = { type: 'FEATURE_LEVEL_RECORD', name, featureLevel }
    if (name === KRAFT_VERSION) return []
    return name === ELR && featureLevel > 0 ? [...leastIsrRecords(view), record] : [record]
  })
}

function reasonAgainst(view: ControllerView, update: Update, controllerId: number): string | null {
  const { feature: name, maxVersionLevel: level, upgradeType } = update
  const invalid = (reason: string): string => `Invalid update version ${level} for feature ${name}. ${reason}`
  if (!(Object.values(UPGRADE_TYPES) as number[]).includes(upgradeType))
    return invalid('The controller does not support the given upgrade type.')
  if (level < 0) return invalid('A feature version cannot be less than 0.')
  const unsupported = reasonNotSupported(view, name, level, controllerId)
  if (unsupported !== null) return invalid(unsupported)
  const current = view.cluster.featureLevel(name)
  if (level < current && upgradeType === UPGRADE_TYPES.upgrade)
    return invalid(
      "Can't downgrade the version of this feature without setting the upgrade type to either safe or unsafe downgrade.",
    )
  if (level > current && upgradeType !== UPGRADE_TYPES.upgrade) return invalid("Can't downgrade to a newer version.")
  if (name === METADATA_VERSION && hasMetadataChanged(current, level))
    return `Unsupported metadata.version downgrade from ${current} to ${level}. ${reasonAgainstOlderMetadata(upgradeType)}`
  if (name === KRAFT_VERSION && level !== current)
    return invalid('The voters of this quorum are those of its configuration.')
  return FEATURES.some((known) => known.name === name) ? null : invalid(`Feature ${name} not found.`)
}

const reasonAgainstOlderMetadata = (upgradeType: number): string =>
  upgradeType === UPGRADE_TYPES.unsafeDowngrade
    ? 'Unsafe metadata downgrade is not supported in this version.'
    : 'Refusing to perform the requested downgrade because it might delete metadata information.'

/** Every node must be able to take part (QuorumFeatures). */
function reasonNotSupported(
  { cluster }: ControllerView,
  name: string,
  level: number,
  controllerId: number,
): string | null {
  const nodes: (readonly [string, ReadonlyMap<string, VersionRange>])[] = [
    [`Local controller ${controllerId}`, new Map(OWN_FEATURES.map((feature) => [feature.name, feature]))],
    ...cluster.registrations().map(({ nodeId, features }) => [`Broker ${nodeId}`, features] as const),
  ]
  for (const [node, features] of nodes) {
    const { minVersion, maxVersion } = features.get(name) ?? DISABLED
    if (level >= minVersion && level <= maxVersion) continue
    if (maxVersion === 0) return `${node} does not support this feature.`
    return `${node} only supports versions ${minVersion === maxVersion ? minVersion : `${minVersion}-${maxVersion}`}`
  }
  return null
}

/**
 * Brokers must agree on the least ISR once it says who may lead: there is one for the cluster, and none for single
 * brokers (ConfigurationControlManager.maybeGenerateElrSafetyRecords).
 */
function* leastIsrRecords({ cluster, topicConfigs }: ControllerView): Generator<NewMetadataRecord> {
  const name = 'min.insync.replicas'
  const record = (resourceName: string, value: string | null): NewMetadataRecord => ({
    type: 'CONFIG_RECORD',
    resourceType: BROKER_RESOURCE,
    resourceName,
    name,
    value,
  })
  if (!cluster.configs('broker', '').has(name)) yield record('', String(topicConfigs.minInsyncReplicas(new Map())))
  for (const nodeId of cluster.configNames('broker'))
    if (nodeId !== '' && cluster.configs('broker', nodeId).has(name)) yield record(nodeId, null)
}

/** ConfigResource.Type.BROKER */
const BROKER_RESOURCE = 4
