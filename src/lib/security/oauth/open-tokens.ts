import { fileURLToPath } from 'node:url'
import { UserError } from '../../errors.ts'
import { readText } from '../../files.ts'
import { systemClock, type Clock } from '../../clock.ts'
import type { SecurityProperties } from '../properties.ts'
import { readExtensions } from './initial-response.ts'
import { commandTokens, TOKEN_COMMAND } from './token-command.ts'
import { endpointTokens } from './token-endpoint.ts'
import { TokenSource, type TokenOrigin } from './token-source.ts'
import { isUnsecured, unsecuredTokens } from './unsecured-token.ts'

const ENDPOINT = 'sasl.oauthbearer.token.endpoint.url'

export interface BearerTokens {
  /** Gives one that is good for a login now; throws UserError, EnvironmentError where an endpoint or command fails. */
  readonly tokens: Pick<TokenSource, 'current'>
  /** KIP-342. */
  readonly extensions: ReadonlyMap<string, string>
  /** Where they come from, for messages. */
  readonly origin: string
}

/** The tokens of who logs in by OAUTHBEARER; `options` are those of its login module. Throws UserError. */
export async function openTokens(
  properties: SecurityProperties,
  options: ReadonlyMap<string, string>,
  clock: Clock = systemClock,
): Promise<BearerTokens> {
  rejectAssertions(properties)
  const extensions = readExtensions(options)
  const origin = await originOf(properties, options, clock)
  return { tokens: new TokenSource(origin, properties, clock), extensions, origin: origin.name }
}

async function originOf(
  properties: SecurityProperties,
  options: ReadonlyMap<string, string>,
  clock: Clock,
): Promise<TokenOrigin> {
  const [command, endpoint] = [properties.get(TOKEN_COMMAND), properties.get(ENDPOINT)]
  const given = [
    ...(command === undefined ? [] : [TOKEN_COMMAND]),
    ...(endpoint === undefined ? [] : [ENDPOINT]),
    ...(isUnsecured(options) ? ['unsecuredLogin… of sasl.jaas.config'] : []),
  ]
  if (given.length > 1) throw new UserError(`${given.join(' and ')} contradict each other: keep one of them`)
  if (command !== undefined) return commandTokens(command)
  if (endpoint === undefined && given.length > 0) return unsecuredTokens(options, clock)
  if (endpoint === undefined)
    throw new UserError(
      `sasl.mechanism=OAUTHBEARER needs a token: ${ENDPOINT} (https:// or file://), ${TOKEN_COMMAND}, ` +
        'or unsecuredLoginStringClaim_sub in sasl.jaas.config',
    )
  const url = URL.canParse(endpoint.trim()) ? new URL(endpoint.trim()) : null
  if (url?.protocol === 'file:') return fileTokens(url)
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:')
    throw new UserError(`${ENDPOINT} is not a URL that begins with https://, http:// or file://`)
  const ofTls = [...options].filter(([name]) => name.startsWith('ssl.'))
  const tls = url.protocol === 'https:' ? (await import('../tls.ts')).readTls(new Map(ofTls), clock.now()) : {}
  return endpointTokens(url, properties, options, tls, clock)
}

/** Read anew each time: something else keeps the file fresh. */
function fileTokens(url: URL): TokenOrigin {
  const path = fileURLToPath(url)
  return {
    name: `${ENDPOINT}: ${path}`,
    fetch: () => Promise.resolve().then(() => readText(path, { before: `${ENDPOINT}: ` })),
  }
}

/** A login by a signed assertion is another grant than the one that is spoken here. */
function rejectAssertions(properties: SecurityProperties): void {
  const name = [...properties.keys()].find((property) => property.startsWith('sasl.oauthbearer.assertion.'))
  if (name === undefined) return
  throw new UserError(`${name} is not supported here; use a client secret, or ${TOKEN_COMMAND} with a tool of your own`)
}
