import type { ClientQuotas, QuotaEntity } from '../cluster/client-quotas.ts'

export interface QuotaLimit {
  /** Units a second. */
  readonly limit: number
  /** Who shares it: all clients with the same bucket. */
  readonly bucket: string
}

/**
 * The quota of a name that holds for a user and client id: the most specific that is set (KIP-13, KIP-55). A quota of a
 * user as a whole is shared by the user's clients; any other is each client id's own. Null where none is set.
 */
export function findQuotaLimit(quotas: ClientQuotas, name: string, user: string, clientId: string): QuotaLimit | null {
  const shared = { user, clientId: null }
  const own = { user, clientId }
  const ofAnyUser = { user: null, clientId }
  const candidates: readonly (readonly [QuotaEntity, { user: string | null; clientId: string | null }])[] = [
    [{ user, 'client-id': clientId }, own],
    [{ user, 'client-id': null }, own],
    [{ user }, shared],
    [{ user: null, 'client-id': clientId }, own],
    [{ user: null, 'client-id': null }, own],
    [{ user: null }, shared],
    [{ 'client-id': clientId }, ofAnyUser],
    [{ 'client-id': null }, ofAnyUser],
  ]
  for (const [entity, bucket] of candidates) {
    const limit = quotas.values(entity).get(name)
    if (limit !== undefined) return { limit, bucket: JSON.stringify([bucket.user, bucket.clientId]) }
  }
  return null
}
