import type { IncomingMessage, ServerResponse } from 'node:http'
import { UserError } from '../errors.ts'
import { toJson } from '../output/json.ts'

/** Nothing runs or loads but what this server gives, and no other page shows this one. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "img-src 'self' data:",
  "frame-ancestors 'none'",
  "base-uri 'none'",
  "form-action 'none'",
  "require-trusted-types-for 'script'",
].join('; ')

const MOST_BODY_BYTES = 2 * 1024 * 1024

/** What every answer carries. */
export function setHeaders(response: ServerResponse): void {
  response.setHeader('Content-Security-Policy', CONTENT_SECURITY_POLICY)
  response.setHeader('X-Content-Type-Options', 'nosniff')
  response.setHeader('Referrer-Policy', 'no-referrer')
  response.setHeader('Cross-Origin-Resource-Policy', 'same-origin')
  response.setHeader('Cross-Origin-Opener-Policy', 'same-origin')
  response.setHeader('Cache-Control', 'no-store')
}

export function sendJson(response: ServerResponse, status: number, data: unknown): void {
  const text = toJson(data)
  response.writeHead(status, { 'Content-Type': 'application/json; charset=utf-8' })
  response.end(text)
}

/** An error as the page shows it. */
export function sendProblem(response: ServerResponse, status: number, message: string, code?: string): void {
  sendJson(response, status, { error: message, ...(code !== undefined && { code }) })
}

/** A body that is longer than the limit. */
export class TooLarge extends UserError {}

/** Throws UserError for what is no JSON, TooLarge. */
export async function readBody(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length
    if (length > MOST_BODY_BYTES) throw new TooLarge(`the request is longer than ${MOST_BODY_BYTES} bytes`)
    chunks.push(chunk)
  }
  if (length === 0) return undefined
  try {
    return JSON.parse(Buffer.concat(chunks).toString()) as unknown
  } catch (error) {
    throw new UserError(`the request is not JSON: ${(error as Error).message}`)
  }
}
