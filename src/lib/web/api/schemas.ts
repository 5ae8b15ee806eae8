import { ForbiddenError, UserError } from '../../errors.ts'
import type { PageCluster } from '../cluster.ts'
import type { PageRegistry } from '../registry.ts'
import type { CheckOutcome, SchemasView, SubjectLine, SubjectView, VersionView } from '../wire.ts'

type RegistryClient = PageRegistry['client']
type SchemaText = Parameters<RegistryClient['register']>[1]

/** Throws UserError where no registry is configured. */
function clientOf({ registry }: PageCluster): RegistryClient {
  if (!registry) throw new UserError('no schema registry is configured: schema.registry.url names one')
  return registry.client
}

export async function schemasView(cluster: PageCluster): Promise<SchemasView> {
  const client = clientOf(cluster)
  const [subjects, level] = await Promise.all([client.subjects(), client.level()])
  return { subjects: [...subjects].sort(), level }
}

/** The newest version of each; of those that have been deleted since nothing. */
export async function subjectLines(cluster: PageCluster, subjects: readonly string[]): Promise<SubjectLine[]> {
  const client = clientOf(cluster)
  const found = await Promise.allSettled(subjects.map((subject) => client.version(subject, 'latest')))
  return found.flatMap((outcome) => {
    if (outcome.status === 'rejected') return []
    const { subject, version, id, type } = outcome.value
    return [{ subject, version, id, type }]
  })
}

export async function subjectView(cluster: PageCluster, subject: string): Promise<SubjectView> {
  const client = clientOf(cluster)
  const [versions, level] = await Promise.all([client.versions(subject), client.level(subject)])
  return { subject, level, versions }
}

export async function versionView(cluster: PageCluster, subject: string, version: string): Promise<VersionView> {
  if (!/^[1-9]\d{0,9}$/.test(version)) throw new UserError(`${version} is no version of a schema`)
  const { id, type, text, references } = await clientOf(cluster).version(subject, Number(version))
  return { subject, version: Number(version), id, type, text, references }
}

/** Whether a schema may be registered; nothing changes. Throws UserError, RegistryError. */
export async function checkSchema(cluster: PageCluster, subject: string, body: unknown): Promise<CheckOutcome> {
  const schema = readSchema(body)
  return clientOf(cluster).checkCompatibility(subject, schema)
}

/** Throws UserError, ForbiddenError, RegistryError. */
export async function registerSchema(cluster: PageCluster, subject: string, body: unknown): Promise<{ id: number }> {
  if (cluster.session.isReadOnly) throw new ForbiddenError('this page is read-only: nothing is changed')
  const { id } = await clientOf(cluster).register(subject, readSchema(body))
  return { id }
}

function readSchema(body: unknown): SchemaText {
  const { type, text, references = [] } = (body ?? {}) as Partial<SchemaText>
  if (type !== 'AVRO' && type !== 'PROTOBUF' && type !== 'JSON')
    throw new UserError('the type of a schema is AVRO, PROTOBUF or JSON')
  if (typeof text !== 'string' || text.trim() === '') throw new UserError('there is no schema')
  return { type, text, references: references.map(readReference) }
}

function readReference(reference: unknown): SchemaText['references'][number] {
  const { name, subject, version } = (reference ?? {}) as SchemaText['references'][number]
  if (typeof name !== 'string' || typeof subject !== 'string' || !Number.isInteger(version))
    throw new UserError('a reference has a name, a subject and a version')
  return { name, subject, version }
}
