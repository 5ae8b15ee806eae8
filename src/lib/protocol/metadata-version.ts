/** The features that a Kafka cluster agrees on, as of Kafka 4.3 (MetadataVersion, Feature). */

export const METADATA_VERSION = 'metadata.version'
export const KRAFT_VERSION = 'kraft.version'

/** Names of the levels of metadata.version, from the first one that Kafka 4.3 knows. */
const FIRST_LEVEL = 7
const NAMES = [
  '3.3-IV3',
  '3.4-IV0',
  '3.5-IV0',
  '3.5-IV1',
  '3.5-IV2',
  '3.6-IV0',
  '3.6-IV1',
  '3.6-IV2',
  '3.7-IV0',
  '3.7-IV1',
  '3.7-IV2',
  '3.7-IV3',
  '3.7-IV4',
  '3.8-IV0',
  '3.9-IV0',
  '4.0-IV0',
  '4.0-IV1',
  '4.0-IV2',
  '4.0-IV3',
  '4.1-IV0',
  '4.1-IV1',
  '4.2-IV0',
  '4.2-IV1',
  '4.3-IV0',
]
export const LATEST_RELEASE = NAMES.at(-1)!
export const LATEST_LEVEL = FIRST_LEVEL + NAMES.length - 1
export const RELEASES: readonly string[] = NAMES

interface FeatureLevels {
  readonly name: string
  /** Every level from 0 to this one is known. */
  readonly maxLevel: number
  /** The level that a cluster begins with, from this level of metadata.version on; 0 before. */
  readonly byDefault: { readonly level: number; readonly since: string }
  /** The release whose metadata.version level 1 needs, where it needs one (FeatureVersion.dependencies). */
  readonly levelOneNeeds?: string
}

/** The features beside metadata.version, in the order of Kafka's tools. */
export const FEATURES: readonly FeatureLevels[] = [
  { name: KRAFT_VERSION, maxLevel: 1, byDefault: { level: 1, since: '3.9-IV0' } },
  { name: 'transaction.version', maxLevel: 2, byDefault: { level: 2, since: '4.0-IV2' } },
  { name: 'group.version', maxLevel: 1, byDefault: { level: 1, since: '4.0-IV0' } },
  {
    name: 'eligible.leader.replicas.version',
    maxLevel: 1,
    byDefault: { level: 1, since: '4.1-IV0' },
    levelOneNeeds: '4.0-IV1',
  },
  { name: 'share.version', maxLevel: 1, byDefault: { level: 1, since: '4.2-IV0' } },
  { name: 'streams.version', maxLevel: 1, byDefault: { level: 1, since: '4.2-IV1' } },
]

/** `4.3-IV0` for 30; undefined for a level that Kafka 4.3 does not know. */
export const releaseOf = (level: number): string | undefined => NAMES[level - FIRST_LEVEL]

/**
 * The level of metadata.version behind `4.0-IV3`, or the last one of the release behind `4.0` and `4.0.1`
 * (MetadataVersion.fromVersionString). Undefined for a release that is not known.
 */
export function levelOf(release: string): number | undefined {
  const short = /^\d+\.\d+/.exec(release)?.[0]
  const at = release.includes('-')
    ? NAMES.indexOf(release)
    : NAMES.findLastIndex((name) => name.startsWith(`${short}-`))
  return at < 0 ? undefined : at + FIRST_LEVEL
}

/** Releases whose controllers write what those before could not read (MetadataVersion.didMetadataChange). */
const CHANGES_OF_METADATA = ['3.4-IV0', '3.5-IV2', '3.6-IV1', '3.6-IV2', '3.7-IV0', '3.7-IV2', '4.0-IV1', '4.3-IV0']

/** Whether a cluster at one level of metadata.version may hold what is not known at a lower one. */
export const hasMetadataChanged = (level: number, lowerLevel: number): boolean =>
  CHANGES_OF_METADATA.some((release) => lowerLevel < levelOf(release)! && levelOf(release)! <= level)

/** What a cluster has room for, by its level of metadata.version (MetadataVersion). */
export const hasMetadataTransactions = (level: number): boolean => level >= levelOf('3.6-IV1')!
export const hasDirectoryAssignment = (level: number): boolean => level >= levelOf('3.7-IV2')!
export const hasCordonedDirectories = (level: number): boolean => level >= levelOf('4.3-IV0')!

/** The level that a feature has by default in a cluster at a level of metadata.version. */
export function defaultLevel({ byDefault }: FeatureLevels, metadataLevel: number): number {
  return metadataLevel >= levelOf(byDefault.since)! ? byDefault.level : 0
}

/** From which release on the controller writes a record in which version; 0 before, and for all other records. */
const RECORD_VERSIONS: Readonly<Record<string, readonly (readonly [since: string, version: number])[]>> = {
  REGISTER_BROKER_RECORD: [
    ['3.3-IV3', 1],
    ['3.4-IV0', 2],
    ['3.7-IV2', 3],
    ['4.3-IV0', 4],
  ],
  BROKER_REGISTRATION_CHANGE_RECORD: [
    ['3.3-IV3', 1],
    ['3.7-IV2', 2],
    ['4.3-IV0', 3],
  ],
  PARTITION_RECORD: [
    ['3.7-IV2', 1],
    ['4.0-IV1', 2],
  ],
  PARTITION_CHANGE_RECORD: [
    ['3.7-IV2', 1],
    ['4.0-IV1', 2],
  ],
}

/**
 * The highest version in which a metadata record may be written at a level of metadata.version, so that every node at
 * this level can read it.
 */
export const recordVersion = (type: string, metadataLevel: number): number =>
  RECORD_VERSIONS[type]?.findLast(([since]) => metadataLevel >= levelOf(since)!)?.[1] ?? 0
