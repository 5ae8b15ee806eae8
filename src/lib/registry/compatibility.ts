import type { ParsedSchema, SchemaFormat } from '../schemas/format.ts'
import { loadFormat } from '../schemas/formats.ts'
import { invalidLevel } from './errors.ts'
import type { SchemaParser } from './parser.ts'
import type { Config, Metadata, Version } from './stored.ts'

/** Who has to be able to read whom, and whether all versions are looked at or the latest. */
interface Level {
  readonly newReadsOld: boolean
  readonly oldReadsNew: boolean
  readonly isTransitive: boolean
}

const LEVELS: Readonly<Record<string, Level>> = {
  NONE: { newReadsOld: false, oldReadsNew: false, isTransitive: false },
  BACKWARD: { newReadsOld: true, oldReadsNew: false, isTransitive: false },
  BACKWARD_TRANSITIVE: { newReadsOld: true, oldReadsNew: false, isTransitive: true },
  FORWARD: { newReadsOld: false, oldReadsNew: true, isTransitive: false },
  FORWARD_TRANSITIVE: { newReadsOld: false, oldReadsNew: true, isTransitive: true },
  FULL: { newReadsOld: true, oldReadsNew: true, isTransitive: false },
  FULL_TRANSITIVE: { newReadsOld: true, oldReadsNew: true, isTransitive: true },
}

/** The level as it is kept. Throws RegistryError 42203. */
export function parseLevel(text: unknown): string {
  const level = typeof text === 'string' ? text.toUpperCase() : ''
  if (!Object.hasOwn(LEVELS, level)) throw invalidLevel()
  return level
}

export interface Candidate {
  readonly parsed: ParsedSchema
  readonly metadata?: Metadata | undefined
}

/**
 * Why a schema may not follow these versions under the settings in force, with the version that stands against it and
 * the level; empty where it may. `versions` ascend; of those the level says which are looked at.
 */
export async function incompatibilitiesWith(
  candidate: Candidate,
  versions: readonly Version[],
  config: Config,
  parser: SchemaParser,
): Promise<string[]> {
  const name = config.compatibilityLevel ?? 'BACKWARD'
  const level = LEVELS[parseLevel(name)]!
  if (!level.newReadsOld && !level.oldReadsNew) return []
  const comparable = inGroup(candidate, versions, config.compatibilityGroup)
  // The latest first: that is the one that people have in mind.
  const looked = level.isTransitive ? [...comparable].reverse() : comparable.slice(-1)
  const format = await loadFormat(candidate.parsed.type)
  for (const version of looked) {
    const reasons = reasonsAgainst(candidate.parsed, await parser.parseVersion(version), level, format)
    if (reasons.length > 0)
      return [
        ...reasons,
        `{oldSchemaVersion: ${version.version}}`,
        `{oldSchema: '${version.schema}'}`,
        `{compatibility: '${name}'}`,
      ]
  }
  return []
}

function reasonsAgainst(candidate: ParsedSchema, old: ParsedSchema, level: Level, format: SchemaFormat): string[] {
  if (old.type !== candidate.type)
    return [`Incompatible because of different schema type: ${candidate.type} follows ${old.type}`]
  return [
    ...(level.newReadsOld ? worded(format.incompatibilities(candidate, old), 'new', 'old') : []),
    ...(level.oldReadsNew ? worded(format.incompatibilities(old, candidate), 'old', 'new') : []),
  ]
}

/** Formats compare a reader with a writer; here one of them is new. */
const worded = (reasons: readonly string[], reader: string, writer: string): string[] =>
  reasons.map((reason) =>
    reason.replaceAll('reader schema', `${reader} schema`).replaceAll('writer schema', `${writer} schema`),
  )

/** With compatibilityGroup only versions count whose metadata say the same under that property. */
function inGroup({ metadata }: Candidate, versions: readonly Version[], group: string | undefined): readonly Version[] {
  if (group === undefined) return versions
  const own = metadata?.properties?.[group]
  return versions.filter((version) => version.metadata?.properties?.[group] === own)
}
