import type { Result } from '../../lib/command/define.ts'
import { parseSchema, RegistryError, type RegistryClient, type SchemaText } from '../../lib/schemas/client/index.ts'
import { showPlanOfOne } from '../../lib/work/outcomes.ts'
import { openToChange, type SchemasOrder } from './access.ts'
import { named, readGiven } from './given.ts'

/** Registers a file under a subject. Throws UserError, RegistryError: 409 with the reasons where it is incompatible. */
export async function registerSchema(order: SchemasOrder): Promise<Result> {
  const [subject, file] = order.words as [string, string]
  const { normalize: isNormalized, dryRun } = order.values
  const schema = readGiven(file, order)
  const { client } = await openToChange(order)
  // What is no schema is said with the name of its file, by whichever registry.
  await named(file, () => parseSchema(schema, client))
  if (dryRun) return plan(client, subject, schema, isNormalized)
  const { id, version } = await client.register(subject, schema, { isNormalized })
  const place = version === undefined ? '' : `version ${version}, `
  return {
    data: { subject, version: version ?? null, id },
    text: () => `${id}\n`,
    table: () => `Registered ${file} under ${subject}: ${place}id ${id}.\n`,
  }
}

async function plan(
  client: RegistryClient,
  subject: string,
  schema: SchemaText,
  isNormalized: boolean,
): Promise<Result> {
  const known = await client.lookUp(subject, schema, { isNormalized }).catch(ignoreMissing)
  if (known)
    return showPlanOfOne({
      data: { subject, version: known.version, id: known.id },
      sentence: `${subject} has this schema already: version ${known.version}, id ${known.id}.`,
    })
  const checked = await client.checkCompatibility(subject, schema, { isNormalized }).catch(ignoreMissing)
  if (checked && !checked.isCompatible)
    return {
      data: { subject, isCompatible: false, reasons: checked.reasons, dryRun: true },
      text: () => `${subject} would refuse it: ${checked.reasons.join('\n') || 'it is not compatible'}\n`,
      exitCode: 1,
    }
  return showPlanOfOne({ data: { subject, isCompatible: true }, sentence: `Would register it under ${subject}.` })
}

function ignoreMissing(error: unknown): undefined {
  if (!(error instanceof RegistryError && error.isNotFound)) throw error
}
