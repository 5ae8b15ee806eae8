import type { NewScramCredential } from '../../lib/client/admin/alter-user-scram-credentials.ts'
import type { QuotaEntity } from '../../lib/client/admin/describe-client-quotas.ts'
import { SCRAM_MECHANISMS, type ScramMechanism } from '../../lib/client/admin/describe-user-scram-credentials.ts'
import { SETTING_NAMES } from '../../lib/config/setting-names.ts'
import { UserError } from '../../lib/errors.ts'
import type { Changes } from './changes.ts'

const DEFAULT_ITERATIONS = 4096

export interface QuotaChanges {
  /** Null takes a limit away. */
  readonly limits: ReadonlyMap<string, number | null>
  /** Set when credentials are to change; then there are no limits. */
  readonly credentials: CredentialChanges | null
}

export interface CredentialChanges {
  readonly upsert: readonly NewScramCredential[]
  readonly delete: readonly ScramMechanism[]
}

/**
 * Tells quotas and credentials apart. Throws UserError for names that the entity does not have, and for values that
 * they cannot have.
 */
export function readQuotaChanges(changes: Changes, entity: QuotaEntity): QuotaChanges {
  const names = [...changes.add.keys(), ...changes.delete]
  const known: readonly string[] = SETTING_NAMES[entity.has('ip') ? 'ips' : 'clients']
  const isForUser = entity.has('user') && entity.size === 1
  const foreign = names.filter((name) => !known.includes(name) && !(isForUser && isMechanism(name)))
  if (foreign.length > 0) {
    const allowed = [...known, ...(isForUser ? Object.keys(SCRAM_MECHANISMS) : [])].join(', ')
    throw new UserError(
      `${foreign.join(', ')} cannot be set here; there ${known.length === 1 ? 'is' : 'are'} ${allowed}`,
    )
  }
  if (!names.some(isMechanism)) return { limits: readLimits(changes), credentials: null }
  if (entity.get('user') === null) throw new UserError('the default of all users has no SCRAM credentials')
  if (!names.every(isMechanism)) throw new UserError('quotas and SCRAM credentials cannot be changed at the same time')
  return {
    limits: new Map(),
    credentials: {
      upsert: [...changes.add].map(([name, value]) => readCredential(name as ScramMechanism, value)),
      delete: changes.delete as readonly ScramMechanism[],
    },
  }
}

export const isMechanism = (name: string): name is ScramMechanism => name in SCRAM_MECHANISMS

function readLimits({ add, delete: removed }: Changes): Map<string, number | null> {
  const limits = [...add].map(([name, value]): [string, number] => [name, readNumber(name, value)])
  return new Map([...limits, ...removed.map((name): [string, null] => [name, null])])
}

/** As Java's Double.parseDouble, without its hexadecimal form. */
function readNumber(name: string, text: string): number {
  const number = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?[fd]?$/i.test(text) ? Number(text.replace(/[fd]$/i, '')) : NaN
  if (Number.isNaN(number)) throw new UserError(`${name}=${text}: a quota is a number`)
  return number
}

/** `iterations=8192,password=secret`; the iterations may be left out. */
function readCredential(mechanism: ScramMechanism, text: string): NewScramCredential {
  const [, written, password] = /^(?:iterations=(-?\d*),)?password=([^]*)$/.exec(text) ?? []
  if (password === undefined) throw new UserError(`${mechanism} is not of the form [iterations=8192,password=SECRET]`)
  const iterations = written === undefined || written === '-1' ? DEFAULT_ITERATIONS : Number(written)
  if (!(iterations >= DEFAULT_ITERATIONS))
    throw new UserError(`${mechanism}: ${written} iterations are too few; there must be ${DEFAULT_ITERATIONS} at least`)
  return { mechanism, iterations, password }
}
