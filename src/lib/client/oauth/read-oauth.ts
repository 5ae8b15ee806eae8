import { fileURLToPath } from 'node:url'
import { UserError } from '../../errors.ts'
import { readText } from '../../files.ts'
import type { OAuthBearer } from '../login.ts'
import type { ClientProperties } from '../types.ts'
import { readExtensions } from './initial-response.ts'
import { commandTokens, TOKEN_COMMAND } from './token-command.ts'
import { endpointTokens } from './token-endpoint.ts'
import { TokenSource, type TokenOrigin } from './token-source.ts'
import { isUnsecured, unsecuredTokens } from './unsecured-token.ts'

const ENDPOINT = 'sasl.oauthbearer.token.endpoint.url'

/**
 * The login of OAUTHBEARER, with its first token: what is wrong with getting one is no fault of the Kafka server.
 * Throws UserError, EnvironmentError for a token endpoint or command that fails.
 */
export async function readOAuth(
  properties: ClientProperties,
  options: ReadonlyMap<string, string>,
  nowMs: number,
): Promise<OAuthBearer> {
  rejectAssertions(properties)
  const extensions = readExtensions(options)
  const origin = await originOf(properties, options, nowMs)
  const tokens = new TokenSource(origin, properties)
  await tokens.current()
  return { mechanism: 'OAUTHBEARER', tokens, extensions, origin: origin.name }
}

async function originOf(
  properties: ClientProperties,
  options: ReadonlyMap<string, string>,
  nowMs: number,
): Promise<TokenOrigin> {
  const [command, endpoint] = [properties.get(TOKEN_COMMAND), properties.get(ENDPOINT)]
  const given = [
    ...(command === undefined ? [] : [TOKEN_COMMAND]),
    ...(endpoint === undefined ? [] : [ENDPOINT]),
    ...(isUnsecured(options) ? ['unsecuredLogin… of sasl.jaas.config'] : []),
  ]
  if (given.length > 1) throw new UserError(`${given.join(' and ')} contradict each other: keep one of them`)
  if (command !== undefined) return commandTokens(command)
  if (endpoint === undefined && given.length > 0) return unsecuredTokens(options)
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
  const tls = url.protocol === 'https:' ? (await import('../../security/tls.ts')).readTls(new Map(ofTls), nowMs) : {}
  return endpointTokens(url, properties, options, tls)
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
function rejectAssertions(properties: ClientProperties): void {
  const name = [...properties.keys()].find((property) => property.startsWith('sasl.oauthbearer.assertion.'))
  if (name === undefined) return
  throw new UserError(`${name} is not supported here; use a client secret, or ${TOKEN_COMMAND} with a tool of your own`)
}
