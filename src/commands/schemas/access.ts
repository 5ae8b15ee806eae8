import { readOnlyError } from '../../lib/client/read-only-client.ts'
import { UserError } from '../../lib/errors.ts'
import type { Connection, ProfileInForce } from '../../lib/config/connection.ts'
import { gatherSettings } from '../../lib/config/settings/gather.ts'
import { openRegistryClient, RegistryError, type RegistryClient } from '../../lib/schemas/client/index.ts'
import type { Order } from '../../lib/work/command.ts'
import { hintAmong } from '../../lib/work/near-names.ts'
import type { SchemasValues } from './options.ts'

export type SchemasOrder = Order<SchemasValues>

export interface RegistryAccess {
  readonly client: RegistryClient
  /** As `confirm` wants it. */
  readonly connection: Pick<Connection, 'bootstrapServers' | 'profile'>
}

/** The registry that is meant; nobody is asked. Throws UserError where none is named. */
export async function openRegistry({ values, context }: SchemasOrder): Promise<RegistryAccess> {
  const { settings, properties } = await gatherSettings(values, context)
  const told = new Map([...properties].map(([name, { value }]) => [name, value]))
  const client = await openRegistryClient(told, context.clock)
  if (!client)
    throw new UserError(
      'name the schema registry: --schema-registry http://localhost:8081, KTS_SCHEMA_REGISTRY_URL, or schema.registry.url in a profile',
    )
  const { profile, readOnly, confirm } = settings
  const inForce: ProfileInForce | undefined = profile && {
    name: profile.value,
    origin: profile.origin,
    readOnly: readOnly !== undefined,
    confirm: confirm !== undefined,
  }
  return { client, connection: { bootstrapServers: [client.shown], profile: inForce } }
}

/** The same, to change it. Throws ForbiddenError under a profile that is read-only, unless it is a dry run. */
export async function openToChange(order: SchemasOrder): Promise<RegistryAccess> {
  const access = await openRegistry(order)
  const { profile } = access.connection
  if (profile?.readOnly && !order.values.dryRun) throw readOnlyError(profile.name, 'nothing is changed')
  return access
}

/** What a subject is asked for; one that is not there is told with one that is near. */
export async function ofSubject<T>(client: RegistryClient, subject: string, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask()
  } catch (error) {
    if (!(error instanceof RegistryError) || error.errorCode !== SUBJECT_NOT_FOUND) throw error
    const known = await client.subjects().catch(() => [])
    throw new RegistryError(error.message + hintAmong(subject, known), error.errorCode)
  }
}

const SUBJECT_NOT_FOUND = 40401

/** Throws UserError. */
export function readVersion(text: string | undefined): number | 'latest' | undefined {
  if (text === undefined || text === 'latest') return text
  if (/^[1-9]\d{0,9}$/.test(text)) return Number(text)
  throw new UserError(`--schema-version takes a number from 1 or latest, not "${text}"`)
}
