import type { Result } from '../../lib/command/define.ts'
import { UserError } from '../../lib/errors.ts'
import { showRows, type Column } from '../../lib/output/rows.ts'
import type { RegistryClient, SchemaText, SubjectVersion } from '../../lib/schemas/client/index.ts'
import { ofSubject, openRegistry, readVersion, type SchemasOrder } from './access.ts'

const COLUMNS: readonly Column<SubjectVersion>[] = [
  { title: 'SUBJECT', value: ({ subject }) => subject },
  { title: 'VERSION', value: ({ version }) => version, isNumber: true },
  { title: 'ID', value: ({ id }) => id, isNumber: true },
  { title: 'TYPE', value: ({ type }) => type },
  {
    title: 'REFERENCES',
    value: ({ references }) => references.map(({ subject, version }) => `${subject}:${version}`).join(', '),
    isOptional: true,
  },
]

/** The subjects with the latest of their versions, or all versions of one. Throws RegistryError. */
export async function listSchemas(order: SchemasOrder): Promise<Result> {
  const { client } = await openRegistry(order)
  const [subject] = order.words
  const isDeleted = order.values.deleted
  const rows = subject === undefined ? await latest(client, isDeleted) : await all(client, subject, isDeleted)
  return {
    ...showRows(rows, COLUMNS, { data: rows.map(describe), none: 'No schemas.', goes: ['REFERENCES'] }),
    text: () =>
      rows.map(({ subject: name, version }) => `${name}${subject === undefined ? '' : `\t${version}`}\n`).join(''),
  }
}

/** So many questions are on their way at a time. */
const AT_ONCE = 16

async function latest(client: RegistryClient, isDeleted: boolean): Promise<SubjectVersion[]> {
  const subjects = await client.subjects({ isDeleted })
  return inTurns(subjects, (subject) => client.version(subject, 'latest', { isDeleted }))
}

/** Every version of a subject, from the oldest on. */
export async function all(client: RegistryClient, subject: string, isDeleted: boolean): Promise<SubjectVersion[]> {
  const versions = await ofSubject(client, subject, () => client.versions(subject, { isDeleted }))
  return inTurns(versions, (version) => client.version(subject, version, { isDeleted }))
}

async function inTurns<T, R>(items: readonly T[], ask: (item: T) => Promise<R>): Promise<R[]> {
  const answers: R[] = []
  for (let at = 0; at < items.length; at += AT_ONCE)
    answers.push(...(await Promise.all(items.slice(at, at + AT_ONCE).map(ask))))
  return answers
}

/** As the API names its fields. */
export function describe({ subject, version, id, guid, ...schema }: SubjectVersion): Record<string, unknown> {
  return { subject, version, id, ...(guid !== undefined && { guid }), ...describeText(schema) }
}

const describeText = ({ type, text, references }: SchemaText): Record<string, unknown> => ({
  schemaType: type,
  schema: text,
  references,
})

/** The text of a schema, as the registry has it. Throws RegistryError. */
export async function getSchema(order: SchemasOrder): Promise<Result> {
  const { values, words } = order
  const [subject] = words
  if ((subject === undefined) === (values.id === undefined)) throw new UserError('name a subject, or a schema by --id')
  const version = readVersion(values.schemaVersion) ?? 'latest'
  if (subject === undefined && values.schemaVersion !== undefined)
    throw new UserError('--schema-version goes with a subject')
  const { client } = await openRegistry(order)
  if (subject !== undefined) {
    const found = await ofSubject(client, subject, () => client.version(subject, version))
    return { data: describe(found), text: () => lineOf(found) }
  }
  const id = values.id!
  const found = await client.schema(/^\d+$/.test(id) ? Number(id) : id)
  return { data: { id: /^\d+$/.test(id) ? Number(id) : id, ...describeText(found) }, text: () => lineOf(found) }
}

const lineOf = ({ text }: SchemaText): string => (text.endsWith('\n') ? text : `${text}\n`)
