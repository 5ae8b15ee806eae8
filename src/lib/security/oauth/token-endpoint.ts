import type { ConnectionOptions } from 'node:tls'
import { wait, type Clock } from '../../clock.ts'
import { EnvironmentError, UserError } from '../../errors.ts'
import { failureReason } from '../../failure-reason.ts'
import { exchange, type HttpAnswer } from '../../http-exchange.ts'
import type { SecurityProperties } from '../properties.ts'
import type { TokenOrigin } from './token-source.ts'

const CLIENT_ID = 'sasl.oauthbearer.client.credentials.client.id'
const CLIENT_SECRET = 'sasl.oauthbearer.client.credentials.client.secret'
const SCOPE = 'sasl.oauthbearer.scope'
/** What tells of a passing trouble: the others are answered the same tomorrow (Kafka's HttpJwtRetriever). */
const isPassing = (status: number): boolean => status >= 500 && status !== 501 && status !== 505
const TIMEOUT_MS = 10_000
const MAX_ANSWER_BYTES = 1024 * 1024

/** An answer that does not change when it is asked for again. */
class Refusal extends Error {}

interface Request {
  readonly url: URL
  /** URL without what may be a secret in it. */
  readonly shown: string
  readonly authorization: string
  readonly body: string
  readonly tls: ConnectionOptions
  readonly timeoutMs: number
}

/**
 * Tokens of an OAuth server by the grant `client_credentials` (RFC 6749, 4.4), with the properties of Kafka's
 * ClientCredentialsJwtRetriever: the client of `sasl.oauthbearer.client.credentials.*`, or of the JAAS options
 * `clientId`, `clientSecret` and `scope`. `tls` are the JAAS options `ssl.*`, read. Throws UserError for what is
 * missing.
 */
export function endpointTokens(
  url: URL,
  properties: SecurityProperties,
  options: ReadonlyMap<string, string>,
  tls: ConnectionOptions,
  clock: Clock,
): TokenOrigin {
  const setting = (name: string, option: string): string | undefined => properties.get(name) ?? options.get(option)
  const required = (name: string, option: string): string => {
    const value = setting(name, option)
    if (value) return value
    throw new UserError(`sasl.oauthbearer.token.endpoint.url needs ${name}, or ${option} in sasl.jaas.config`)
  }
  const scope = setting(SCOPE, 'scope')
  const credentials = [required(CLIENT_ID, 'clientId'), required(CLIENT_SECRET, 'clientSecret')]
  const isEncoded = /^true$/i.test(properties.get('sasl.oauthbearer.header.urlencode')?.trim() ?? '')
  const pair = (isEncoded ? credentials.map(encodeForm) : credentials).join(':')
  const request: Request = {
    url,
    shown: `${url.origin}${url.pathname}`,
    authorization: `Basic ${Buffer.from(pair).toString('base64')}`,
    body: `grant_type=client_credentials${scope ? `&scope=${encodeForm(scope.trim())}` : ''}`,
    tls,
    timeoutMs:
      Number(properties.get('sasl.login.connect.timeout.ms') ?? 0) +
        Number(properties.get('sasl.login.read.timeout.ms') ?? 0) || TIMEOUT_MS,
  }
  const [firstMs, maxMs] = [
    Number(properties.get('sasl.login.retry.backoff.ms') ?? 100),
    Number(properties.get('sasl.login.retry.backoff.max.ms') ?? 10_000),
  ]
  const name = `the token endpoint ${request.shown}`
  return {
    name,
    fetch: () => askAgain(request, clock, { firstMs, maxMs }),
  }
}

/** Doubles the wait after each failure, and gives up after `maxMs` in all, or when the answer will be the same. */
async function askAgain(
  request: Request,
  clock: Clock,
  { firstMs, maxMs }: { readonly firstMs: number; readonly maxMs: number },
): Promise<string> {
  const deadline = clock.now() + maxMs
  for (let delayMs = Math.max(1, firstMs); ; delayMs = Math.min(delayMs * 2, Math.max(firstMs, maxMs))) {
    try {
      return await ask(request)
    } catch (error) {
      const isFinal = !(error instanceof EnvironmentError) || error.cause instanceof Refusal
      if (isFinal || clock.now() + delayMs > deadline) throw error
      await wait(clock, delayMs)
    }
  }
}

/** As a form has it: a blank is a plus. */
const encodeForm = (text: string): string => new URLSearchParams({ _: text }).toString().slice(2)

async function ask(request: Request): Promise<string> {
  const { shown } = request
  const { status, text } = await post(request).catch((error: unknown) => {
    throw new EnvironmentError(`Cannot reach the token endpoint ${shown}: ${failureReason(error)}`, { cause: error })
  })
  const answer = readJson(text)
  if (status === 200 || status === 201) {
    const token = answer?.access_token ?? answer?.id_token
    if (typeof token === 'string' && token !== '') return token
    throw refusal(`The token endpoint ${shown} answers without a token; is sasl.oauthbearer.token.endpoint.url right?`)
  }
  const words = [answer?.error ?? answer?.errorCode, answer?.error_description ?? answer?.errorSummary]
    .filter((word) => typeof word === 'string')
    .join(': ')
  const said = `The token endpoint ${shown} answers ${status}${words && ` (${words})`}`
  if (isPassing(status)) throw new EnvironmentError(said)
  const hint = status === 404 || status === 405 ? 'sasl.oauthbearer.token.endpoint.url' : `${CLIENT_ID} and .secret`
  throw refusal(`${said}; look at ${hint}`)
}

const refusal = (message: string): EnvironmentError => new EnvironmentError(message, { cause: new Refusal(message) })

const post = ({ url, authorization, body, tls, timeoutMs }: Request): Promise<HttpAnswer> =>
  exchange({
    method: 'POST',
    url,
    headers: {
      accept: 'application/json',
      authorization,
      'cache-control': 'no-cache',
      'content-type': 'application/x-www-form-urlencoded',
    },
    body,
    tls,
    readTimeoutMs: timeoutMs,
    maxAnswerBytes: MAX_ANSWER_BYTES,
  })

function readJson(text: string): Readonly<Record<string, unknown>> | null {
  try {
    const json: unknown = JSON.parse(text)
    return typeof json === 'object' && json !== null ? (json as Readonly<Record<string, unknown>>) : null
  } catch {
    return null
  }
}
