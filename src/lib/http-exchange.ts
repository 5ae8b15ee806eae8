import type { ClientRequest, IncomingMessage } from 'node:http'
import type { ConnectionOptions } from 'node:tls'
import type { Clock } from './clock.ts'

export interface HttpQuestion {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  readonly url: URL
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string | undefined
  /** Of https: addresses. */
  readonly tls: ConnectionOptions | undefined
  /** How long the system may take to connect, where it may not take as long as it likes. */
  readonly connecting?: { readonly clock: Clock; readonly timeoutMs: number }
  /** How long nothing may come. */
  readonly readTimeoutMs: number
  /** What goes on for ever is no answer. */
  readonly maxAnswerBytes: number
}

export interface HttpAnswer {
  readonly status: number
  readonly contentType: string
  readonly text: string
}

/** One request over HTTP, and its whole answer. Rejects with Node's errors, or Error: timed out, or too long. */
export async function exchange(question: HttpQuestion): Promise<HttpAnswer> {
  const { url, method, headers, body, tls, readTimeoutMs, maxAnswerBytes } = question
  const isEncrypted = url.protocol === 'https:'
  const { request } = isEncrypted ? await import('node:https') : await import('node:http')
  const length = body !== undefined && { 'content-length': String(Buffer.byteLength(body)) }
  const options = { method, headers: { ...headers, ...length }, ...(isEncrypted && tls), timeout: readTimeoutMs }
  return new Promise((resolve, reject) => {
    const asked = request(url, options, (answer) => void readAnswer(answer, maxAnswerBytes).then(resolve, reject))
    limitConnecting(asked, question)
    asked.on('timeout', () => asked.destroy(new Error('timed out')))
    asked.on('error', reject)
    asked.end(body)
  })
}

function limitConnecting(asked: ClientRequest, { connecting }: HttpQuestion): void {
  if (!connecting) return
  const timer = connecting.clock.after(connecting.timeoutMs, () => asked.destroy(new Error('timed out')))
  const end = (): void => timer.cancel()
  asked.on('close', end)
  asked.on('socket', (socket) => void (socket.connecting ? socket.once('connect', end) : end()))
}

async function readAnswer(answer: IncomingMessage, maxBytes: number): Promise<HttpAnswer> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    chunks.push(chunk)
    length += chunk.length
    if (length > maxBytes) throw new Error(`its answer is longer than ${maxBytes} bytes`)
  }
  return {
    status: answer.statusCode ?? 0,
    contentType: answer.headers['content-type'] ?? '',
    text: Buffer.concat(chunks).toString(),
  }
}
