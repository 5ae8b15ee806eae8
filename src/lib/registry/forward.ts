import type { IncomingMessage, ServerResponse } from 'node:http'
import { RegistryError } from './errors.ts'

/** A registry that a change is sent on to. */
export interface Forward {
  /** Sends the request there and its answer back. Throws LeaderUnreachable, with nothing answered yet. */
  send(request: IncomingMessage, body: Buffer, response: ServerResponse): Promise<void>
}

/** The registry that was chosen does not answer. */
export class LeaderUnreachable extends RegistryError {
  constructor(reason: string) {
    super(500, 50003, `Error while forwarding the request to the leader: ${reason}`)
  }
}

const TIMEOUT_MS = 60_000
/** By this header, with `false`, Confluent's registries tell that a request has been sent on already. */
const MARK = 'x-forward'
const PASSED_ON = ['accept', 'authorization', 'confluent-accept-unknown-properties', 'content-type']

export const isForwarded = ({ headers }: IncomingMessage): boolean => headers[MARK] === 'false'

export const forwardTo = (url: string): Forward => ({
  async send(request, body, response) {
    const headers = new Headers({ [MARK]: 'false' })
    for (const name of PASSED_ON) {
      const value = request.headers[name]
      if (typeof value === 'string') headers.set(name, value)
    }
    let answer: Response
    let bytes: Buffer
    try {
      answer = await fetch(url + (request.url ?? '/'), {
        method: request.method ?? 'POST',
        headers,
        redirect: 'manual',
        signal: AbortSignal.timeout(TIMEOUT_MS),
        ...(body.length > 0 && { body }),
      })
      bytes = Buffer.from(await answer.arrayBuffer())
    } catch (error) {
      const { message, cause } = error as Error
      throw new LeaderUnreachable(`${url}: ${cause instanceof Error ? cause.message : message}`)
    }
    const type = answer.headers.get('content-type')
    response.writeHead(answer.status, {
      ...(type !== null && { 'Content-Type': type }),
      'Content-Length': bytes.length,
    })
    response.end(bytes)
  },
})
