import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { TlsOptions } from 'node:tls'
import { EnvironmentError } from '../errors.ts'
import { findRoute } from '../find-route.ts'
import { compatibilityRoutes } from './api/compatibility.ts'
import { contextIn, registryRoutes } from './api/registry.ts'
import { RawText, type About, type Call, type Route } from './api/route.ts'
import { schemaRoutes } from './api/schemas.ts'
import { settingsRoutes } from './api/settings.ts'
import { subjectRoutes } from './api/subjects.ts'
import type { Credentials } from './credentials.ts'
import { noSuchPath, RegistryError } from './errors.ts'
import { isForwarded, LeaderUnreachable, type Forward } from './forward.ts'
import { bodyOf, checkOrigin, chosenType, readBody, sendError, sendJson, sendText } from './messages.ts'
import type { Registry } from './registry.ts'
import { DEFAULT_CONTEXT } from './subject.ts'

export interface Listener {
  readonly host: string
  /** 0 for any that is free. */
  readonly port: number
  /** Key and certificate of an `https` listener. */
  readonly tls?: TlsOptions | undefined
}

export interface ServerOptions {
  readonly listeners: readonly Listener[]
  readonly registry: Registry
  readonly about: About
  /** Undefined where whoever reaches the port may do everything. */
  readonly credentials?: Credentials | undefined
  /** Where a change goes: to the registry that leads, or undefined for this one. Throws RegistryError. */
  leader(): Promise<Forward | undefined>
  /** The leader could not be reached: there may be another one by now. */
  doubtLeader(): void
  /** Told of what is a bug of kts. */
  report(error: unknown): void
}

const ROUTES: readonly Route[] = [
  ...subjectRoutes,
  ...schemaRoutes,
  ...compatibilityRoutes,
  ...settingsRoutes,
  ...registryRoutes,
]

/** One that has gone may have a successor. */
const ATTEMPTS = 2
const HEADERS_TIMEOUT_MS = 10_000
const REQUEST_TIMEOUT_MS = 60_000

/** The API of a registry over HTTP. Every answer is JSON, refusals among them. */
export class RegistryServer {
  private readonly servers: Server[] = []

  constructor(private readonly options: ServerOptions) {}

  /** The ports that were taken, in the order of the listeners. Throws EnvironmentError. */
  async listen(): Promise<number[]> {
    const ports: number[] = []
    for (const listener of this.options.listeners) ports.push(await this.bind(listener))
    return ports
  }

  /** Answers what is under way. */
  async close(): Promise<void> {
    await Promise.all(
      this.servers.map(async (server) => {
        const closed = new Promise((resolve) => server.close(resolve))
        server.closeIdleConnections()
        await closed
      }),
    )
  }

  /** Ends every connection. */
  abort(): void {
    for (const server of this.servers) server.closeAllConnections()
  }

  private async bind({ host, port, tls }: Listener): Promise<number> {
    const timeouts = { headersTimeout: HEADERS_TIMEOUT_MS, requestTimeout: REQUEST_TIMEOUT_MS }
    const answer = (request: IncomingMessage, response: ServerResponse): void => void this.answer(request, response)
    const server = tls ? createTlsServer({ ...timeouts, ...tls }, answer) : createServer(timeouts, answer)
    server.listen(port, host)
    try {
      await once(server, 'listening')
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException
      this.abort()
      await this.close()
      const reason = code === 'EADDRINUSE' ? 'it is taken' : message
      throw new EnvironmentError(`cannot listen on port ${port} of ${host}: ${reason}`, { code })
    }
    this.servers.push(server)
    return (server.address() as AddressInfo).port
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    response.setHeader('X-Content-Type-Options', 'nosniff')
    try {
      this.options.credentials?.check(request)
      await this.route(request, response)
    } catch (error) {
      if (!(error instanceof RegistryError)) this.options.report(error)
      if (response.headersSent || response.destroyed) return void response.destroy()
      sendError(response, error instanceof RegistryError ? error : bug())
      // Whoever has sent too much, or badly, is not listened to any further.
      if (!request.complete) request.resume()
    }
  }

  private async route(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const type = chosenType(request)
    const { path, query, context } = placeOf(request)
    const found = findRoute(ROUTES, request.method ?? '', path)
    if ('allowed' in found) throw methodRefused(response, found.allowed)
    const { route, words } = found
    if (route.method !== 'GET') checkOrigin(request)
    const bytes = await readBody(request)
    if (route.isChange && (await this.isForwarded(request, bytes, response))) return
    const { registry, about } = this.options
    const isModern = request.headers['confluent-accept-unknown-properties'] === 'true'
    const call: Call = { registry, about, path: words, query, context, isModern, body: bodyOf(request, bytes) }
    const answer = await route.run(call)
    if (answer === undefined) response.writeHead(204).end()
    else if (answer instanceof RawText) sendText(response, answer.text, type)
    else sendJson(response, 200, answer, type)
  }

  /** Whether a change has been sent on and answered: the leader alone writes. */
  private async isForwarded(request: IncomingMessage, body: Buffer, response: ServerResponse): Promise<boolean> {
    for (let attempt = 1; ; attempt += 1) {
      const leader = await this.options.leader()
      if (!leader) return false
      if (isForwarded(request)) throw new LeaderUnreachable('the registry that it was sent to does not lead')
      try {
        await leader.send(request, body, response)
        return true
      } catch (error) {
        if (!(error instanceof LeaderUnreachable) || attempt === ATTEMPTS) throw error
        this.options.doubtLeader()
      }
    }
  }
}

/** Where a request goes; `/contexts/.ctx/subjects/…` is `/subjects/…` within a context. */
function placeOf({ url = '/' }: IncomingMessage): { path: string; query: URLSearchParams; context: string } {
  const [, whole = '/', search = ''] = /^(?:https?:\/\/[^/]*)?([^?#]*)\??([^#]*)/.exec(url) ?? []
  const trimmed = whole.replace(/\/{2,}/g, '/').replace(/(.)\/$/, '$1')
  const [, context, rest] = /^\/contexts\/([^/]+)(\/.+)$/.exec(trimmed) ?? []
  const query = new URLSearchParams(search)
  if (context === undefined) return { path: trimmed === '' ? '/' : trimmed, query, context: DEFAULT_CONTEXT }
  return { path: rest!, query, context: contextIn(decoded(context)) }
}

function decoded(word: string): string {
  try {
    return decodeURIComponent(word)
  } catch {
    throw noSuchPath()
  }
}

function methodRefused(response: ServerResponse, allowed: readonly string[]): RegistryError {
  if (allowed.length === 0) return noSuchPath()
  response.setHeader('Allow', [...new Set(allowed)].join(', '))
  return new RegistryError(405, 405, 'HTTP 405 Method Not Allowed')
}

const bug = (): RegistryError =>
  new RegistryError(500, 500, 'Internal Server Error: a bug in kts; its log has the details')
