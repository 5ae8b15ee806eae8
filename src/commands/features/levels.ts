import { defaultLevel, FEATURES, METADATA_VERSION } from '../../lib/protocol/metadata-version.ts'
import { knownLevel, parseFeature } from '../../lib/work/known-features.ts'
import { UserError } from '../../lib/errors.ts'
import type { FeaturesValues } from './options.ts'

export type ChangeAction = 'upgrade' | 'downgrade' | 'disable'

/** The levels that a change asks for, by feature. Throws UserError. */
export function wantedLevels(
  action: ChangeAction,
  { feature, releaseVersion, metadata }: FeaturesValues,
): ReadonlyMap<string, number> {
  if (releaseVersion !== undefined && (feature.length > 0 || metadata !== undefined)) {
    throw new UserError('--release-version stands for all features: give it alone')
  }
  const levels =
    releaseVersion !== undefined
      ? levelsOfRelease(releaseVersion, action)
      : distinct([
          ...(metadata === undefined ? [] : [[METADATA_VERSION, knownLevel(metadata)] as const]),
          ...feature.map((text) => (action === 'disable' ? ([text, 0] as const) : parseFeature(text))),
        ])
  if (levels.size === 0) throw new UserError(`name at least one feature to ${action}`)
  return levels
}

/** A feature that an upgrade would leave at 0 is not asked for: the cluster may not know it. */
function levelsOfRelease(release: string, action: ChangeAction): ReadonlyMap<string, number> {
  const metadataLevel = knownLevel(release)
  const others = FEATURES.map((feature) => [feature.name, defaultLevel(feature, metadataLevel)] as const)
  return new Map([
    [METADATA_VERSION, metadataLevel],
    ...others.filter(([, level]) => action !== 'upgrade' || level > 0),
  ])
}

function distinct(levels: readonly (readonly [name: string, level: number])[]): ReadonlyMap<string, number> {
  const names = levels.map(([name]) => name)
  const twice = names.find((name, index) => names.indexOf(name) < index)
  if (twice !== undefined) throw new UserError(`${twice} is given more than once`)
  return new Map(levels)
}
