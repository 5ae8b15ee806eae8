import type { IncomingMessage, ServerResponse } from 'node:http'
import { badRequest, RegistryError } from './errors.ts'

const CONTENT_TYPE = 'application/vnd.schemaregistry.v1+json'
/** What answers may be called. */
const ANSWERED = [CONTENT_TYPE, 'application/vnd.schemaregistry+json', 'application/json']
/** What bodies may be called; a form or plain text, which any page may send, is not among them. */
const TAKEN = [...ANSWERED, 'application/octet-stream']

/** The topic takes no record as large; what is larger need not be read. */
const MOST_BODY_BYTES = 16 * 1024 * 1024

/** The type that the client likes best. Throws RegistryError 406. */
export function chosenType({ headers: { accept } }: IncomingMessage): string {
  if (accept === undefined) return CONTENT_TYPE
  for (const type of byWeight(accept)) {
    if (type === '' || type.startsWith('*') || type === 'application/*') return CONTENT_TYPE
    if (ANSWERED.includes(type)) return type
  }
  throw new RegistryError(406, 406, 'HTTP 406 Not Acceptable')
}

/** The types of an Accept header, those of the greatest `q` first. */
function byWeight(accept: string): string[] {
  const parts = accept.split(',').map((part) => {
    const [type, ...parameters] = part.split(';').map((word) => word.trim().toLowerCase())
    const weight = parameters.find((parameter) => parameter.startsWith('q='))
    return { type: type!, weight: weight === undefined ? 1 : Number(weight.slice(2)) || 0 }
  })
  return parts.sort((a, b) => b.weight - a.weight).map(({ type }) => type)
}

/** Pages of other sites change nothing here: browsers say where a request comes from. Throws RegistryError 403. */
export function checkOrigin({ headers: { origin, host } }: IncomingMessage): void {
  if (origin === undefined || origin.replace(/^https?:\/\//, '') === host) return
  throw new RegistryError(403, 403, `Pages of ${origin} may not change schemas`)
}

/** Throws RegistryError 413. */
export async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length
    if (length > MOST_BODY_BYTES)
      throw new RegistryError(413, 413, `The request is longer than ${MOST_BODY_BYTES} bytes`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

/** The members of a body. Throws RegistryError 400, 415. */
export function bodyOf({ headers }: IncomingMessage, bytes: Buffer): Record<string, unknown> {
  if (bytes.length === 0) return {}
  const [type, ...parameters] = (headers['content-type'] ?? CONTENT_TYPE).split(';').map((word) => word.trim())
  const charset = parameters.find((parameter) => /^charset=/i.test(parameter))?.replace(/^charset="?|"$/gi, '')
  const decoder = TAKEN.includes(type!.toLowerCase()) ? decoderOf(charset) : undefined
  if (!decoder) throw new RegistryError(415, 415, 'HTTP 415 Unsupported Media Type')
  let body: unknown
  try {
    body = JSON.parse(decoder.decode(bytes))
  } catch (error) {
    throw badRequest(`The request is not JSON: ${(error as Error).message}`)
  }
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    throw badRequest('The request has to be a JSON object')
  return body as Record<string, unknown>
}

/** Undefined for a charset that nobody knows. */
function decoderOf(charset = 'utf-8'): InstanceType<typeof TextDecoder> | undefined {
  try {
    return new TextDecoder(charset, { fatal: true })
  } catch {
    return undefined
  }
}

export const sendJson = (response: ServerResponse, status: number, data: unknown, type = CONTENT_TYPE): void =>
  send(response, status, JSON.stringify(data), type)

export const sendText = (response: ServerResponse, text: string, type: string): void => send(response, 200, text, type)

export function sendError(response: ServerResponse, { status, code, message }: RegistryError): void {
  sendJson(response, status, { error_code: code, message })
}

function send(response: ServerResponse, status: number, text: string, type: string): void {
  const body = Buffer.from(text)
  response.writeHead(status, { 'Content-Type': type, 'Content-Length': body.length })
  response.end(response.req.method === 'HEAD' ? undefined : body)
}
