import {
  defaultLevel,
  FEATURES,
  LATEST_RELEASE,
  levelOf,
  METADATA_VERSION,
  releaseOf,
} from '../../lib/protocol/metadata-version.ts'
import type { Result } from '../../lib/command/define.ts'
import { UserError } from '../../lib/errors.ts'
import { renderTable } from '../../lib/output/table.ts'
import { knownLevel, parseFeature } from './levels.ts'

/** The levels that all features have in a release of Kafka. Throws UserError. */
export function mapRelease(release: string = LATEST_RELEASE): Result {
  const metadataLevel = knownLevel(release)
  const data = [
    { feature: METADATA_VERSION, level: metadataLevel, release },
    ...FEATURES.map((feature) => ({ feature: feature.name, level: defaultLevel(feature, metadataLevel) })),
  ]
  return {
    data,
    text: () =>
      data
        .map(({ feature, level }) => `${feature}=${level}${feature === METADATA_VERSION ? ` (${release})` : ''}\n`)
        .join(''),
    table: () =>
      renderTable(
        ['FEATURE', 'LEVEL'],
        data.map(({ feature, level }) => [feature, `${level}`]),
        { right: [1] },
      ),
  }
}

interface Needs {
  readonly feature: string
  readonly level: number
  readonly needs: readonly { readonly feature: string; readonly level: number }[]
}

/** What each `NAME=LEVEL` needs of other features. Throws UserError. */
export function listDependencies(features: readonly string[]): Result {
  if (features.length === 0) throw new UserError('feature-dependencies needs --feature')
  const data = features.map((text) => needsOf(...parseFeature(text)))
  return { data, text: () => data.map(asLines).join('') }
}

function needsOf(name: string, level: number): Needs {
  if (name === METADATA_VERSION) {
    if (releaseOf(level) === undefined) throw new UserError(`${name} has no level ${level}`)
    return { feature: name, level, needs: [] }
  }
  const known = FEATURES.find((feature) => feature.name === name)
  if (!known)
    throw new UserError(
      `"${name}" is no feature that is known; there are ${[METADATA_VERSION, ...FEATURES.map((feature) => feature.name)].join(', ')}`,
    )
  if (level < 0 || level > known.maxLevel) throw new UserError(`${name} has no level ${level}`)
  const release = level > 0 ? known.levelOneNeeds : undefined
  return {
    feature: name,
    level,
    needs: release === undefined ? [] : [{ feature: METADATA_VERSION, level: levelOf(release)! }],
  }
}

function asLines({ feature, level, needs }: Needs): string {
  if (needs.length === 0) return `${withRelease(feature, level)} has no dependencies.\n`
  return `${withRelease(feature, level)} requires:\n${needs.map((need) => `    ${withRelease(need.feature, need.level)}\n`).join('')}`
}

const withRelease = (feature: string, level: number): string =>
  `${feature}=${level}${feature === METADATA_VERSION ? ` (${releaseOf(level)})` : ''}`
