import type { Clock } from '../../clock.ts'
import type { SecurityProperties } from '../../security/properties.ts'
import { RegistryClient } from './registry-client.ts'
import { readRegistrySettings } from './settings.ts'

export * from './registry-client.ts'
export { REGISTRY_CODES, RegistryError } from './registry-error.ts'
export { isMissing, parseSchema, SchemaStore, type StoredSchema } from './schema-store.ts'
export { REGISTRY_URL } from './settings.ts'

/**
 * A client of the registry that the properties of Confluent's clients name: `schema.registry.url`, `basic.auth.*`,
 * `bearer.auth.*`, `schema.registry.ssl.*`, …; undefined where they name none. Nothing is asked yet. Throws UserError.
 */
export async function openRegistryClient(
  properties: SecurityProperties,
  clock: Clock,
): Promise<RegistryClient | undefined> {
  const settings = await readRegistrySettings(properties, clock.now())
  return settings && new RegistryClient(settings, clock)
}
