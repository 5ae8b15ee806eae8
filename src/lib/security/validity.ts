import type { KeyStore } from './stores/key-store.ts'
import { refuse } from './stores/open-store.ts'
import type { TrustStore } from './stores/trust-store.ts'

/** What a server would refuse. Throws UserError. */
export function rejectOutdated({ chain: [{ validFrom, validTo }], source }: KeyStore, nowMs: number): void {
  if (Date.parse(validTo) < nowMs) throw refuse(source, `cannot be used: its certificate has expired, on ${validTo}`)
  if (Date.parse(validFrom) > nowMs)
    throw refuse(source, `cannot be used: its certificate is not valid before ${validFrom}`)
}

/** Many a store keeps an old certificate; one that is all old is of no use. Throws UserError. */
export function rejectExpired({ certificates, source }: TrustStore, nowMs: number): void {
  const last = certificates.toSorted((a, b) => Date.parse(a.validTo) - Date.parse(b.validTo)).at(-1)!
  if (Date.parse(last.validTo) >= nowMs) return
  const subject = certificates.length === 1 ? 'its certificate has' : 'all its certificates have'
  throw refuse(
    source,
    `cannot be used: ${subject} expired, ${certificates.length === 1 ? '' : 'the last '}on ${last.validTo}`,
  )
}
