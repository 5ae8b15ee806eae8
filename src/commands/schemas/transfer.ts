import type { Result } from '../../lib/command/define.ts'
import { UserError } from '../../lib/errors.ts'
import { decodeText, readText } from '../../lib/files.ts'
import { RegistryError, type Mode, type RegistryClient, type SubjectVersion } from '../../lib/schemas/client/index.ts'
import { say } from '../../lib/output/say.ts'
import { showPlan } from '../../lib/work/outcomes.ts'
import { openRegistry, openToChange, type SchemasOrder } from './access.ts'
import { all, describe } from './read.ts'

/** Every version of the subjects that are named, or of all, a JSON document a line, by ascending ids. */
export async function exportSchemas(order: SchemasOrder): Promise<Result> {
  const { words, values } = order
  const { client } = await openRegistry(order)
  const subjects = words.length > 0 ? words : await client.subjects({ isDeleted: values.deleted })
  const found: SubjectVersion[] = []
  for (const subject of subjects) found.push(...(await all(client, subject, values.deleted)))
  // What a schema refers to has been registered before it.
  const documents = found.sort((a, b) => a.id - b.id || a.version - b.version).map(describe)
  return { data: documents, text: () => documents.map((document) => `${JSON.stringify(document)}\n`).join('') }
}

interface Outcome {
  readonly imported: SubjectVersion[]
  readonly kept: SubjectVersion[]
  failed: number
}

/** Registers what `export` has written, under the ids and versions that it had. Throws UserError, RegistryError. */
export async function importSchemas(order: SchemasOrder): Promise<Result> {
  const documents = readDocuments(await readInput(order))
  const { client } = await openToChange(order)
  const outcome: Outcome = { imported: [], kept: [], failed: 0 }
  const missing = await notThere(documents, client, outcome)
  if (order.values.dryRun)
    return showPlan(
      missing.map((document) => ({ data: describe(document), sentence: `Would import ${nameOf(document)}.` })),
    )
  await underImport(client, missing, (document) => importOne(client, document, outcome, order))
  const { imported, kept, failed } = outcome
  return {
    data: { imported: imported.length, alreadyThere: kept.length, failed },
    text: () => `Imported ${imported.length}; ${kept.length} were there already.\n`,
    exitCode: failed > 0 ? 1 : 0,
  }
}

const nameOf = ({ subject, version, id }: SubjectVersion): string => `version ${version} of ${subject} (id ${id})`

async function notThere(
  documents: readonly SubjectVersion[],
  client: RegistryClient,
  outcome: Outcome,
): Promise<SubjectVersion[]> {
  const missing: SubjectVersion[] = []
  for (const document of documents) {
    const found = await client.version(document.subject, document.version).catch(ignoreMissing)
    if (found?.id === document.id) outcome.kept.push(document)
    else missing.push(document)
  }
  return missing
}

async function importOne(
  client: RegistryClient,
  document: SubjectVersion,
  outcome: Outcome,
  { context }: SchemasOrder,
): Promise<void> {
  const { subject, id, version } = document
  try {
    await client.register(subject, document, { place: { id, version } })
    outcome.imported.push(document)
  } catch (error) {
    if (!(error instanceof RegistryError) || error.isUnreachable) throw error
    outcome.failed += 1
    await say(context, `Cannot import ${nameOf(document)}: ${error.message}`)
  }
}

/** A subject takes ids from outside in the mode IMPORT alone; afterwards it has the mode that it had. */
async function underImport(
  client: RegistryClient,
  documents: readonly SubjectVersion[],
  register: (document: SubjectVersion) => Promise<void>,
): Promise<void> {
  const before = new Map<string, Mode | undefined>()
  try {
    for (const document of documents) {
      const { subject } = document
      if (!before.has(subject)) {
        before.set(subject, await client.mode(subject, { isOwn: true }).catch(ignoreMissing))
        await client.setMode('IMPORT', subject, { isForced: true })
      }
      await register(document)
    }
  } finally {
    for (const [subject, mode] of before)
      await (mode === undefined ? client.deleteMode(subject) : client.setMode(mode, subject))
  }
}

function ignoreMissing(error: unknown): undefined {
  if (!(error instanceof RegistryError && error.isNotFound)) throw error
}

async function readInput({ values: { inputFile }, context: { cwd, stdin } }: SchemasOrder): Promise<string> {
  if (inputFile !== undefined && inputFile !== '-') return readText(inputFile, { cwd, before: '--input-file ' })
  const chunks: Buffer[] = []
  for await (const chunk of stdin) chunks.push(Buffer.from(chunk as Uint8Array))
  return decodeText(Buffer.concat(chunks))
}

/** Throws UserError that names the line. */
function readDocuments(text: string): SubjectVersion[] {
  return text
    .split('\n')
    .flatMap((line, index) => (line.trim() === '' ? [] : [readDocument(line, `line ${index + 1}`)]))
}

function readDocument(line: string, where: string): SubjectVersion {
  let document: Partial<Record<string, unknown>>
  try {
    document = JSON.parse(line) as Partial<Record<string, unknown>>
  } catch (error) {
    throw new UserError(`${where} is no JSON: ${(error as Error).message}`)
  }
  const { subject, version, id, schemaType = 'AVRO', schema, references = [] } = document ?? {}
  const isWhole = typeof subject === 'string' && Number.isInteger(version) && Number.isInteger(id)
  if (!isWhole || typeof schema !== 'string' || !Array.isArray(references))
    throw new UserError(`${where} is no schema as kts schemas export writes it: subject, version, id, schema`)
  return {
    subject,
    version: version as number,
    id: id as number,
    type: schemaType as SubjectVersion['type'],
    text: schema,
    references: references as SubjectVersion['references'],
  }
}
