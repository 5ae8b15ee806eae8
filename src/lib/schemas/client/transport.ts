import { wait, type Clock } from '../../clock.ts'
import { failureReason } from '../../failure-reason.ts'
import { exchange, type HttpAnswer, type HttpQuestion } from '../../http-exchange.ts'
import { RegistryError } from './registry-error.ts'
import type { RegistrySettings } from './settings.ts'

/** What registries speak, the most exact first; Apicurio and Karapace want the last. */
const ACCEPT = 'application/vnd.schemaregistry.v1+json, application/vnd.schemaregistry+json, application/json'
const CONTENT_TYPE = 'application/vnd.schemaregistry.v1+json'

/** No list of schemas is so long. */
const MAX_ANSWER_BYTES = 256 * 1024 * 1024

export interface Asking {
  readonly method?: HttpQuestion['method']
  /** Behind the base path: `/subjects/orders-value/versions`, parts encoded. */
  readonly path: string
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>
  readonly body?: unknown
}

/** Puts questions to a registry: to each of its addresses in turn, and again where the failure may pass. */
export class Transport {
  /** The address that answered last. */
  private first = 0

  constructor(
    readonly settings: RegistrySettings,
    private readonly clock: Clock,
  ) {}

  /** What the registry answers, as JSON. Throws RegistryError. */
  async ask(asking: Asking): Promise<unknown> {
    const { retries, retryWaitMs } = this.settings
    for (let failures = 0; ; failures += 1) {
      try {
        return await this.askAny(asking)
      } catch (error) {
        if (failures === retries || !mayPass(error)) throw error
        await wait(this.clock, retryWaitMs * 2 ** failures)
      }
    }
  }

  private async askAny(asking: Asking): Promise<unknown> {
    const { urls } = this.settings
    for (let tried = 0; ; tried += 1) {
      const index = (this.first + tried) % urls.length
      try {
        const answer = await this.askOne(asking, urls[index]!)
        this.first = index
        return answer
      } catch (error) {
        if (tried === urls.length - 1 || !(error instanceof RegistryError && error.isUnreachable)) throw error
      }
    }
  }

  private async askOne({ method = 'GET', path, query, body }: Asking, base: URL): Promise<unknown> {
    const { settings } = this
    const url = new URL(base)
    url.pathname = url.pathname.replace(/\/+$/, '') + path
    for (const [name, value] of Object.entries(query ?? {}))
      if (value !== undefined) url.searchParams.set(name, String(value))
    const text = body === undefined ? undefined : JSON.stringify(body)
    const answer = await exchange({
      method,
      url,
      body: text,
      tls: settings.tls,
      connecting: { clock: this.clock, timeoutMs: settings.connectTimeoutMs },
      readTimeoutMs: settings.readTimeoutMs,
      maxAnswerBytes: MAX_ANSWER_BYTES,
      headers: {
        accept: ACCEPT,
        // Newer servers leave out GUIDs otherwise, which old clients would refuse.
        'confluent-accept-unknown-properties': 'true',
        ...(text !== undefined && { 'content-type': CONTENT_TYPE }),
        ...settings.headers,
      },
    }).catch((error: unknown) => {
      throw unreachable(base, error)
    })
    return readAnswer(answer, base)
  }
}

/** What is said of a registry: where it is, without anything secret. */
export const shownUrl = (url: URL): string => `${url.origin}${url.pathname === '/' ? '' : url.pathname}`

function unreachable(url: URL, cause: unknown): RegistryError {
  const isPlain = (cause as NodeJS.ErrnoException).code === 'EPROTO'
  const reason = isPlain
    ? 'it does not speak TLS; is it http://?'
    : failureReason(cause).replace(/\bssl\./g, 'schema.registry.ssl.')
  return new RegistryError(`Cannot reach the schema registry ${shownUrl(url)}: ${reason}`, undefined, { cause })
}

/** Throws RegistryError. */
function readAnswer({ status, contentType, text }: HttpAnswer, url: URL): unknown {
  const json = parse(text)
  if (status >= 200 && status < 300 && (json !== undefined || text === '')) return json
  const { error_code: code, message } = (json ?? {}) as { readonly error_code?: unknown; readonly message?: unknown }
  if (typeof code === 'number') throw new RegistryError(refusal(typeof message === 'string' ? message : '', code), code)
  if (status === 401 || status === 403)
    throw new RegistryError(
      `The schema registry ${shownUrl(url)} answers ${status}; look at basic.auth.user.info or bearer.auth.token`,
      status,
    )
  const kind = contentType.replace(/;.*/s, '') || 'nothing'
  throw new RegistryError(
    `The schema registry ${shownUrl(url)} answers ${status} with ${kind}, as none does; is the path of its address right?`,
    status >= 500 ? status : undefined,
  )
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}

/** Confluent's messages end with their code here and there, others never. */
const refusal = (message: string, code: number): string =>
  `${message.replace(/\s*;?\s*error code:? ?\d+\s*$/i, '').replace(/\.$/, '') || 'The schema registry refuses it'} (${code})`

/** Refused connections are refused again; what is overloaded, or has just lost its leader, recovers. */
function mayPass(error: unknown): boolean {
  if (!(error instanceof RegistryError)) return false
  const { errorCode, cause } = error
  if (errorCode !== undefined) return error.isUnreachable || errorCode === 429
  return (cause as NodeJS.ErrnoException | undefined)?.code === 'ECONNRESET'
}
