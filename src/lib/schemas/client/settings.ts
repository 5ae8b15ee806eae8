import type { ConnectionOptions } from 'node:tls'
import { UserError } from '../../errors.ts'
import type { SecurityProperties } from '../../security/properties.ts'
import { readAuthorization } from './authorization.ts'

export const REGISTRY_URL = 'schema.registry.url'

/** Where a registry is, and how to get in. */
export interface RegistrySettings {
  /** Asked in turn until one answers; without the user's name and password. */
  readonly urls: readonly URL[]
  /** Sent with each request. */
  readonly headers: Readonly<Record<string, string>>
  /** Of https: addresses. */
  readonly tls: ConnectionOptions | undefined
  readonly connectTimeoutMs: number
  readonly readTimeoutMs: number
  /** How often a question is put again where the failure may pass. */
  readonly retries: number
  readonly retryWaitMs: number
}

/**
 * What the properties of Confluent's clients say of a registry; undefined where they name none. Throws UserError for an
 * address, a login or a store that cannot be used.
 */
export async function readRegistrySettings(
  properties: SecurityProperties,
  nowMs: number,
): Promise<RegistrySettings | undefined> {
  const addresses = (properties.get(REGISTRY_URL) ?? '').split(',').filter((address) => address.trim() !== '')
  if (addresses.length === 0) return undefined
  const urls = addresses.map(readUrl)
  const headers = { ...ownHeaders(properties), ...readAuthorization(properties, urls) }
  const isEncrypted = urls.some(({ protocol }) => protocol === 'https:')
  return {
    urls: urls.map(withoutUser),
    headers,
    tls: isEncrypted ? await readRegistryTls(properties, nowMs) : undefined,
    connectTimeoutMs: milliseconds(properties, 'http.connect.timeout.ms', 3000),
    readTimeoutMs: milliseconds(properties, 'http.read.timeout.ms', 10_000),
    retries: milliseconds(properties, 'max.retries', 2),
    retryWaitMs: milliseconds(properties, 'retries.wait.ms', 250),
  }
}

/** `localhost:8081` is http. */
function readUrl(text: string): URL {
  const address = text.trim()
  const whole = address.includes('://') ? address : `http://${address}`
  const url = URL.canParse(whole) ? new URL(whole) : undefined
  if (url && ['http:', 'https:'].includes(url.protocol)) return url
  throw new UserError(`${REGISTRY_URL}: "${shown(address)}" is not an address such as http://localhost:8081`)
}

/** What stands before the @ may be a password. */
const shown = (address: string): string => address.replace(/^(\w+:\/\/)?.*@/, '$1')

function withoutUser(url: URL): URL {
  const plain = new URL(url)
  plain.username = plain.password = plain.search = plain.hash = ''
  return plain
}

const HEADER_PREFIX = 'request.header.'

const ownHeaders = (properties: SecurityProperties): Record<string, string> =>
  Object.fromEntries(
    [...properties]
      .filter(([name]) => name.startsWith(HEADER_PREFIX))
      .map(([name, value]) => [name.slice(HEADER_PREFIX.length).toLowerCase(), value]),
  )

const TLS_PREFIX = 'schema.registry.ssl.'

/** Errors name the property as it was written. */
async function readRegistryTls(properties: SecurityProperties, nowMs: number): Promise<ConnectionOptions> {
  const { readTls } = await import('../../security/tls.ts')
  const own = [...properties].filter(([name]) => name.startsWith(TLS_PREFIX))
  try {
    return readTls(new Map(own.map(([name, value]) => [name.slice('schema.registry.'.length), value])), nowMs)
  } catch (error) {
    if (!(error instanceof UserError)) throw error
    throw new UserError(error.message.replace(/\bssl\.(?=\w+[.\s:])/g, () => TLS_PREFIX))
  }
}

function milliseconds(properties: SecurityProperties, name: string, byDefault: number): number {
  const text = properties.get(name)?.trim()
  if (text === undefined) return byDefault
  if (/^\d{1,9}$/.test(text)) return Number(text)
  throw new UserError(`${name}=${text} is not valid: a whole number is expected`)
}
