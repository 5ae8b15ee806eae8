import { createServer, type IncomingHttpHeaders, type Server } from 'node:http'
import { createServer as createTlsServer, type ServerOptions } from 'node:https'
import type { AddressInfo } from 'node:net'

export interface Asked {
  readonly method: string
  readonly path: string
  readonly query: Readonly<Record<string, string>>
  readonly headers: IncomingHttpHeaders
  readonly body: unknown
}

/** What it answers: JSON, or text of a kind. Undefined leaves the question without an answer. */
export type Reply =
  | { readonly status?: number; readonly json: unknown }
  | { readonly status: number; readonly text: string; readonly type: string }
  | 'silence'
  | 'reset'

/** An HTTP server that answers as a test says, and remembers what it was asked. */
export class FakeRegistry {
  readonly asked: Asked[] = []

  private constructor(
    private readonly server: Server,
    private readonly protocol: 'http' | 'https',
  ) {}

  static async start(reply: (asked: Asked) => Reply, tls?: ServerOptions): Promise<FakeRegistry> {
    const server = tls ? createTlsServer(tls) : createServer()
    const registry = new FakeRegistry(server, tls ? 'https' : 'http')
    server.on('request', (request, response) => {
      const chunks: Buffer[] = []
      request.on('data', (chunk: Buffer) => chunks.push(chunk))
      request.on('end', () => {
        const url = new URL(request.url!, 'http://registry')
        const text = Buffer.concat(chunks).toString()
        const asked: Asked = {
          method: request.method!,
          path: url.pathname,
          query: Object.fromEntries(url.searchParams),
          headers: request.headers,
          body: text === '' ? undefined : JSON.parse(text),
        }
        registry.asked.push(asked)
        const answer = reply(asked)
        if (answer === 'silence') return
        if (answer === 'reset') return void request.socket.destroy()
        const type = 'json' in answer ? 'application/vnd.schemaregistry.v1+json' : answer.type
        response.writeHead(answer.status ?? 200, { 'content-type': type })
        response.end('json' in answer ? JSON.stringify(answer.json) : answer.text)
      })
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    return registry
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port
  }

  get url(): string {
    return `${this.protocol}://localhost:${this.port}`
  }

  get paths(): string[] {
    return this.asked.map(({ method, path }) => `${method} ${path}`)
  }

  async close(): Promise<void> {
    this.server.closeAllConnections()
    await new Promise((resolve) => this.server.close(resolve))
  }
}

/** As a registry refuses. */
export const refusal = (code: number, message: string): Reply => ({
  status: code > 999 ? Math.floor(code / 100) : code,
  json: { error_code: code, message },
})
