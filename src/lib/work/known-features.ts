import {
  defaultLevel,
  FEATURES,
  LATEST_RELEASE,
  levelOf,
  METADATA_VERSION,
  releaseOf,
  RELEASES,
} from '../protocol/metadata-version.ts'
import type { Result } from '../command/define.ts'
import { UserError } from '../errors.ts'
import { renderTable } from '../output/table.ts'

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

/** The level of metadata.version that a release has. Throws UserError. */
export function knownLevel(release: string): number {
  const level = levelOf(release)
  if (level === undefined)
    throw new UserError(`"${release}" is no release that is known; there are ${RELEASES.join(', ')}`)
  return level
}

/** `group.version=1`. Throws UserError. */
export function parseFeature(text: string): readonly [name: string, level: number] {
  const [, name = '', level = ''] = /^([^=]*)=(.*)$/s.exec(text) ?? []
  if (!/^\s*[+-]?\d+\s*$/.test(level) || Math.abs(Number(level)) > 0x7fff)
    throw new UserError(`--feature ${text} is not like NAME=LEVEL with a small whole number`)
  return [name.trim(), Number(level)]
}
