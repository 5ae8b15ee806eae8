import { OWN_FEATURES } from '../../lib/broker/state/features.ts'
import { UserError } from '../../lib/errors.ts'
import type { NewMetadataRecord } from '../../lib/protocol/internal-records/index.ts'
import {
  defaultLevel,
  FEATURES,
  LATEST_LEVEL,
  levelOf,
  METADATA_VERSION,
  releaseOf,
  RELEASES,
} from '../../lib/protocol/metadata-version.ts'
import { parseFeature } from '../../lib/work/known-features.ts'
import type { StorageValues } from './options.ts'

const KRAFT_VERSION = 'kraft.version'
const DYNAMIC =
  'controller.quorum.voters is empty and one of the flags --standalone, --initial-controllers, or --no-initial-controllers is used.'

/**
 * The levels that a cluster begins with, by name in alphabetical order. What this kts does not know it leaves off
 * unless it is asked for. Throws UserError (Formatter.calculateEffectiveFeatureLevels).
 */
export function firstLevels({ releaseVersion, feature }: StorageValues, isDynamic: boolean): Map<string, number> {
  const asked = new Map(feature.map(parseFeature))
  const metadataLevel = metadataLevelOf(releaseVersion, asked.get(METADATA_VERSION))
  const names = FEATURES.map(({ name }) => name).sort()
  const unknown = [...asked.keys()].find((name) => name !== METADATA_VERSION && !names.includes(name))
  if (unknown !== undefined)
    throw new UserError(`Unsupported feature: ${unknown}. Supported features are: ${names.join(', ')}`)
  const others = FEATURES.map(
    (each) =>
      [
        each.name,
        each.name === KRAFT_VERSION
          ? kraftVersion(asked.get(KRAFT_VERSION), isDynamic)
          : (asked.get(each.name) ?? (isOwn(each.name) ? defaultLevel(each, metadataLevel) : 0)),
      ] as const,
  )
  const levels = new Map([[METADATA_VERSION, metadataLevel] as const, ...others])
  for (const each of FEATURES) checkLevel(each, levels)
  return levels
}

const isOwn = (name: string): boolean => OWN_FEATURES.some((each) => each.name === name)

function metadataLevelOf(release: string | undefined, asked: number | undefined): number {
  if (asked !== undefined && release !== undefined)
    throw new UserError(`Use --release-version instead of --feature ${METADATA_VERSION}=X to avoid ambiguity.`)
  if (asked !== undefined && releaseOf(asked) === undefined)
    throw new UserError(`No MetadataVersion with feature level ${asked}`)
  const level = release === undefined ? (asked ?? LATEST_LEVEL) : levelOf(release)
  if (level === undefined)
    throw new UserError(
      `Unknown ${METADATA_VERSION} '${release}'. Supported ${METADATA_VERSION} are: ${RELEASES.join(', ')}`,
    )
  return level
}

/** On where the quorum may change, off where its voters are settings (Formatter.effectiveKRaftFeatureLevel). */
function kraftVersion(asked: number | undefined, isDynamic: boolean): number {
  if (asked === 0 && isDynamic)
    throw new UserError(
      `Cannot set kraft.version to 0 if ${DYNAMIC} For dynamic controllers support, try removing the --feature flag for kraft.version.`,
    )
  if (asked && !isDynamic)
    throw new UserError(
      `Cannot set kraft.version to ${asked} unless ${DYNAMIC} For dynamic controllers support, try using one of --standalone, --initial-controllers, or --no-initial-controllers and removing controller.quorum.voters.`,
    )
  return asked ?? (isDynamic ? 1 : 0)
}

function checkLevel({ name, maxLevel, levelOneNeeds }: (typeof FEATURES)[number], levels: Map<string, number>): void {
  const level = levels.get(name)!
  if (level < 0 || level > maxLevel) throw new UserError(`No feature:${name} with feature level ${level}`)
  const needed = level > 0 && levelOneNeeds !== undefined ? levelOf(levelOneNeeds)! : 0
  if (levels.get(METADATA_VERSION)! < needed)
    throw new UserError(
      `${name} could not be set to ${level} because it depends on ${METADATA_VERSION} level ${needed}`,
    )
}

/** What is written of them: metadata.version, then the others that are on; the log itself has kraft.version. */
export function levelRecords(levels: ReadonlyMap<string, number>): NewMetadataRecord[] {
  const others = [...levels.keys()].filter((name) => name !== METADATA_VERSION && name !== KRAFT_VERSION).sort()
  return [METADATA_VERSION, ...others]
    .map((name) => ({ name, featureLevel: levels.get(name)! }))
    .filter(({ featureLevel }) => featureLevel > 0)
    .map((level) => ({ type: 'FEATURE_LEVEL_RECORD', ...level }))
}
