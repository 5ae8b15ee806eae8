import type { ClientRequest, IncomingMessage } from 'node:http'
import type { ConnectionOptions } from 'node:tls'
import type { Clock } from '../../clock.ts'

export interface Question {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  readonly url: URL
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string | undefined
  readonly tls: ConnectionOptions | undefined
  readonly connectTimeoutMs: number
  readonly readTimeoutMs: number
  readonly clock: Clock
}

export interface Answer {
  readonly status: number
  readonly contentType: string
  readonly text: string
}

/** No list of schemas is so long; what goes on for ever is none. */
const MOST_BYTES = 256 * 1024 * 1024

/** One request over HTTP, and its whole answer. Throws Node's errors, and Error for one that takes too long. */
export async function exchange(question: Question): Promise<Answer> {
  const { url, method, headers, body, tls, readTimeoutMs } = question
  const isEncrypted = url.protocol === 'https:'
  const { request } = isEncrypted ? await import('node:https') : await import('node:http')
  return new Promise((resolve, reject) => {
    const asked = request(url, { method, headers, ...(isEncrypted && tls), timeout: readTimeoutMs }, (answer) => {
      readAnswer(answer).then(resolve, reject)
    })
    limitConnecting(asked, question)
    asked.on('timeout', () => asked.destroy(new Error('timed out')))
    asked.on('error', reject)
    asked.end(body)
  })
}

function limitConnecting(asked: ClientRequest, { clock, connectTimeoutMs }: Question): void {
  const timer = clock.after(connectTimeoutMs, () => asked.destroy(new Error('timed out')))
  const end = (): void => timer.cancel()
  asked.on('close', end)
  asked.on('socket', (socket) => void (socket.connecting ? socket.once('connect', end) : end()))
}

async function readAnswer(answer: IncomingMessage): Promise<Answer> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    chunks.push(chunk)
    length += chunk.length
    if (length > MOST_BYTES) throw new Error(`its answer is longer than ${MOST_BYTES} bytes`)
  }
  return {
    status: answer.statusCode ?? 0,
    contentType: answer.headers['content-type'] ?? '',
    text: Buffer.concat(chunks).toString(),
  }
}
