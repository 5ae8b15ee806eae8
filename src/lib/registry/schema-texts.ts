import { createHash } from 'node:crypto'
import { setImmediate as immediate } from 'node:timers/promises'
import type { ParsedSchema } from '../schemas/format.ts'
import type { SchemaParser } from './parser.ts'
import type { SchemaContent, Version } from './stored.ts'

/** How many versions are looked at before others have their turn. */
const AT_ONCE = 100

interface Texts {
  readonly canonical: string
  readonly normalized: string
  /** With what it refers to in its place, where its format can say so. */
  readonly resolved: string | undefined
}

/**
 * Finds schemas by their text. Other registries lay the same schema out otherwise, so what is compared is what this one
 * would write; of that only a hash is kept.
 */
export class SchemaTexts {
  private readonly known = new WeakMap<Version, Texts>()

  constructor(private readonly parser: SchemaParser) {}

  /**
   * The first of the versions that has this content; metadata and rules count where they are wanted. What is sent with
   * its references resolved is the schema that has them.
   */
  async find(versions: readonly Version[], wanted: SchemaContent, normalizes: boolean): Promise<Version | undefined> {
    const digest = digestOf(wanted.schema)
    let looked = 0
    for (const version of versions) {
      if (++looked % AT_ONCE === 0) await immediate()
      if (!isAlike(version, wanted)) continue
      const isResolved = wanted.references.length === 0 && version.references.length > 0
      if (!isResolved && !isSame(version.references, wanted.references)) continue
      if (!isResolved && version.schema === wanted.schema) return version
      const texts = await this.textsOf(version)
      if (texts[isResolved ? 'resolved' : normalizes ? 'normalized' : 'canonical'] === digest) return version
    }
    return undefined
  }

  private async textsOf(version: Version): Promise<Texts> {
    const known = this.known.get(version)
    if (known) return known
    const parsed = await this.parser.parseVersion(version)
    const resolved = parsed.formatted?.('resolved')
    const texts = {
      canonical: digestOf(parsed.canonical),
      normalized: digestOf(parsed.normalized),
      resolved: resolved === undefined ? undefined : digestOf(resolved),
    }
    this.known.set(version, texts)
    return texts
  }
}

/** The text of a schema that is kept. */
export const textOf = (parsed: ParsedSchema, normalizes: boolean): string =>
  normalizes ? parsed.normalized : parsed.canonical

const digestOf = (text: string): string => createHash('md5').update(text).digest('base64')

const isAlike = (version: Version, { schemaType, metadata, ruleSet }: SchemaContent): boolean =>
  version.schemaType === schemaType &&
  (metadata === undefined || isSame(version.metadata, metadata)) &&
  (ruleSet === undefined || isSame(version.ruleSet, ruleSet))

const isSame = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b)
