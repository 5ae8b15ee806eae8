import type { IncomingMessage } from 'node:http'
import type { ConnectionOptions } from 'node:tls'

export interface HttpQuestion {
  readonly url: URL
  readonly method: 'GET' | 'POST'
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  /** Of https: addresses. */
  readonly tls: ConnectionOptions
  readonly timeoutMs: number
}

export interface HttpAnswer {
  readonly status: number
  readonly text: string
}

const MAX_ANSWER = 1024 * 1024

/** Asks for JSON. Rejects with the error of the system, of TLS, or of an answer that is too long. */
export async function askByHttp({
  url,
  method,
  headers,
  body = '',
  tls,
  timeoutMs,
}: HttpQuestion): Promise<HttpAnswer> {
  const { request } = url.protocol === 'https:' ? await import('node:https') : await import('node:http')
  return new Promise((resolve, reject) => {
    const options = {
      ...tls,
      method,
      timeout: timeoutMs,
      headers: { accept: 'application/json', ...headers, 'content-length': Buffer.byteLength(body) },
    }
    const asked = request(url, options, (answer) => readAnswer(answer).then(resolve, reject))
    asked.on('timeout', () => asked.destroy(new Error('timed out')))
    asked.on('error', reject)
    asked.end(body)
  })
}

async function readAnswer(answer: IncomingMessage): Promise<HttpAnswer> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    chunks.push(chunk)
    length += chunk.length
    if (length > MAX_ANSWER) throw new Error('its answer is longer than a megabyte')
  }
  return { status: answer.statusCode ?? 0, text: Buffer.concat(chunks).toString() }
}
