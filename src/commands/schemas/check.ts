import type { Result } from '../../lib/command/define.ts'
import { UserError } from '../../lib/errors.ts'
import { RegistryError, type Compatibility, type CompatibilityLevel } from '../../lib/schemas/client/index.ts'
import type { ParsedSchema } from '../../lib/schemas/format.ts'
import { loadFormat } from '../../lib/schemas/formats.ts'
import { openRegistry, readVersion, type SchemasOrder } from './access.ts'
import { parseFile, readGiven } from './given.ts'

/**
 * Whether a schema may follow others: those of a subject, by the rules of its registry, or files, by those of a level.
 * The exit code is 1 where it may not. Throws UserError, RegistryError.
 */
export async function checkSchema(order: SchemasOrder): Promise<Result> {
  const { words, values } = order
  const [first, second] = words as [string, string | undefined]
  if (values.against.length > 0) {
    if (second !== undefined) throw new UserError('--against checks a file against files: leave the subject out')
    return verdict(first, await checkFiles(first, order), { file: first, level: values.level ?? 'BACKWARD' })
  }
  if (values.level !== undefined)
    throw new UserError('--level goes with --against: the registry has the level of a subject')
  if (second === undefined)
    throw new UserError('name a subject and a file: kts schemas check SUBJECT FILE, or --against FILE')
  return verdict(second, await checkSubject(first, second, order), { subject: first, file: second })
}

async function checkSubject(subject: string, file: string, order: SchemasOrder): Promise<Compatibility> {
  const schema = readGiven(file, order)
  const { client } = await openRegistry(order)
  const { schemaVersion: version, normalize: isNormalized } = order.values
  const which = readVersion(version)
  try {
    return await client.checkCompatibility(subject, schema, { isNormalized, ...(which && { version: which }) })
  } catch (error) {
    // A subject that is not there yet takes any schema.
    if (which === undefined && error instanceof RegistryError && error.isNotFound)
      return { isCompatible: true, reasons: [] }
    throw error
  }
}

async function checkFiles(file: string, order: SchemasOrder): Promise<Compatibility> {
  const { against, level = 'BACKWARD' } = order.values
  const given = await parseFile(file, order)
  const files = level.endsWith('_TRANSITIVE') ? against : against.slice(-1)
  const reasons: string[] = []
  for (const other of files) {
    const found = await reasonsAgainst(given, await parseFile(other, order), level)
    reasons.push(...found.map((reason) => (against.length > 1 ? `${other}: ${reason}` : reason)))
  }
  return { isCompatible: reasons.length === 0, reasons }
}

/** BACKWARD: the new one reads what the old one wrote; FORWARD: the other way round. */
async function reasonsAgainst(given: ParsedSchema, old: ParsedSchema, level: CompatibilityLevel): Promise<string[]> {
  if (given.type !== old.type) return level === 'NONE' ? [] : [`one is ${given.type}, the other ${old.type}`]
  const { incompatibilities } = await loadFormat(given.type)
  const isBackward = /^(BACKWARD|FULL)/.test(level)
  const isForward = /^(FORWARD|FULL)/.test(level)
  return [...(isBackward ? incompatibilities(given, old) : []), ...(isForward ? incompatibilities(old, given) : [])]
}

function verdict(file: string, { isCompatible, reasons }: Compatibility, about: Record<string, string>): Result {
  const said = isCompatible ? `${file} is compatible.\n` : `${file} is not compatible.\n`
  return {
    data: { ...about, isCompatible, reasons },
    text: () => said + reasons.map((reason) => `  ${reason}\n`).join(''),
    exitCode: isCompatible ? 0 : 1,
  }
}
