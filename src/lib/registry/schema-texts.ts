import { createHash } from 'node:crypto'
import { setImmediate as immediate } from 'node:timers/promises'
import type { ParsedSchema } from '../schemas/format.ts'
import type { SchemaParser } from './parser.ts'
import type { SchemaContent, Version } from './stored.ts'

/** How many versions are looked at before others have their turn. */
const AT_ONCE = 100

type Texts = { readonly canonical: string; readonly normalized: string }

/**
 * Finds schemas by their text. Other registries lay the same schema out otherwise, so what is compared is what this one
 * would write; of that only a hash is kept.
 */
export class SchemaTexts {
  private readonly known = new WeakMap<Version, Texts>()

  constructor(private readonly parser: SchemaParser) {}

  /** The first of the versions that has this content; metadata and rules count where they are wanted. */
  async find(versions: readonly Version[], wanted: SchemaContent, normalizes: boolean): Promise<Version | undefined> {
    const digest = digestOf(wanted.schema)
    let looked = 0
    for (const version of versions) {
      if (++looked % AT_ONCE === 0) await immediate()
      if (!isAlike(version, wanted)) continue
      if (version.schema === wanted.schema) return version
      const texts = await this.textsOf(version)
      if (texts[normalizes ? 'normalized' : 'canonical'] === digest) return version
    }
    return undefined
  }

  private async textsOf(version: Version): Promise<Texts> {
    const known = this.known.get(version)
    if (known) return known
    const { canonical, normalized } = await this.parser.parseVersion(version)
    const texts = { canonical: digestOf(canonical), normalized: digestOf(normalized) }
    this.known.set(version, texts)
    return texts
  }
}

/** The text of a schema that is kept. */
export const textOf = (parsed: ParsedSchema, normalizes: boolean): string =>
  normalizes ? parsed.normalized : parsed.canonical

const digestOf = (text: string): string => createHash('md5').update(text).digest('base64')

const isAlike = (version: Version, { schemaType, references, metadata, ruleSet }: SchemaContent): boolean =>
  version.schemaType === schemaType &&
  isSame(version.references, references) &&
  (metadata === undefined || isSame(version.metadata, metadata)) &&
  (ruleSet === undefined || isSame(version.ruleSet, ruleSet))

const isSame = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b)
