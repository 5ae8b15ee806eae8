import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { findRoute } from '../find-route.ts'
import { EnvironmentError, ForbiddenError, isExpected, KafkaError, UserError } from '../errors.ts'
import { portTaken } from '../port-holder.ts'
import type { Asset, Assets } from './assets.ts'
import { refusalOf, type Doors } from './guard.ts'
import { readBody, sendJson, sendProblem, setHeaders, TooLarge } from './replies.ts'
import type { Call, Route } from './router.ts'
import { Admission } from './token.ts'

export interface WebOptions {
  /** Addresses to listen on. */
  readonly hosts: readonly string[]
  /** 0 for any that is free. */
  readonly port: number
  /** The option that chooses the port, for messages. */
  readonly portOption: string
  /** Names that browsers may use for this server, besides those of this machine. */
  readonly allowedNames: readonly string[]
  /** `/kafka`, or nothing. */
  readonly basePath: string
  /** Without it whoever reaches the port may come in. */
  readonly needsToken: boolean
  readonly assets: Assets
  readonly routes: readonly Route[]
  /** Told of what is a bug of kts. */
  readonly report: (error: unknown) => void
  /** Told of each change that was asked for, and of who was turned away. */
  readonly log: (line: string) => void
}

const MOST_STREAMS = 20
const HEADERS_TIMEOUT_MS = 10_000
const REQUEST_TIMEOUT_MS = 60_000

/** The page and its API over HTTP. */
export class WebServer {
  private readonly servers: Server[] = []
  private readonly ended = new AbortController()
  private streams = 0
  private doors: Doors = { port: 0, names: [] }
  private admission: Admission | undefined

  constructor(private readonly options: WebOptions) {}

  /** The port that was taken. Throws EnvironmentError. */
  async listen(): Promise<number> {
    let { port } = this.options
    for (const host of this.options.hosts) port = await this.bind(host, port)
    this.doors = { port, names: this.options.allowedNames }
    this.admission = this.options.needsToken ? new Admission(port, `${this.options.basePath}/`) : undefined
    return port
  }

  /** What a link to the page ends with: in the fragment, which no log and no other page gets to see. */
  get linkEnd(): string {
    return `${this.options.basePath}/${this.admission ? `#token=${this.admission.token}` : ''}`
  }

  async close(): Promise<void> {
    this.ended.abort()
    await Promise.all(
      this.servers.map(async (server) => {
        const closed = new Promise((resolve) => server.close(resolve))
        server.closeAllConnections()
        await closed
      }),
    )
  }

  private async bind(host: string, port: number): Promise<number> {
    const server = createServer(
      { headersTimeout: HEADERS_TIMEOUT_MS, requestTimeout: REQUEST_TIMEOUT_MS },
      (request, response) => void this.answer(request, response),
    )
    server.listen(port, host)
    try {
      await once(server, 'listening')
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException
      // Machines without IPv6 have one loopback address only.
      if (code === 'EADDRNOTAVAIL' && this.servers.length > 0) return port
      await this.close()
      throw new EnvironmentError(
        code === 'EADDRINUSE'
          ? portTaken(port, this.options.portOption)
          : `cannot listen on port ${port} of ${host}: ${message}`,
      )
    }
    this.servers.push(server)
    return (server.address() as AddressInfo).port
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    setHeaders(response)
    try {
      const refusal = refusalOf(request, this.doors)
      if (refusal !== undefined) return this.turnAway(response, 403, refusal)
      await this.route(request, response)
    } catch (error) {
      this.fail(response, error)
    }
  }

  private async route(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { basePath, routes, assets } = this.options
    const url = new URL(request.url ?? '/', 'http://localhost')
    if (!`${url.pathname}/`.startsWith(`${basePath}/`)) return sendProblem(response, 404, 'there is nothing here')
    const path = url.pathname.slice(basePath.length)
    if (!path.startsWith('/api/')) return sendAsset(request, response, assetOf(path, assets))
    const found = findRoute(this.withSession(routes), request.method ?? '', path.slice('/api'.length))
    if ('allowed' in found) return refuseMethod(response, found.allowed)
    const { route, words } = found
    if (!route.isOpen && this.admission && !this.admission.isAdmitted(request))
      return this.turnAway(response, 401, 'open the link that kts web has printed: it carries the token')
    if (route.isStream && this.streams >= MOST_STREAMS)
      return sendProblem(response, 429, `${MOST_STREAMS} streams are open already; close a tab`)
    await this.run(route, request, response, words, url.searchParams)
  }

  private async run(
    route: Route,
    request: IncomingMessage,
    response: ServerResponse,
    path: Call['path'],
    query: URLSearchParams,
  ): Promise<void> {
    const gone = new AbortController()
    response.once('close', () => gone.abort())
    const signal = AbortSignal.any([gone.signal, this.ended.signal])
    const isChange = route.method !== 'GET'
    const body = isChange ? await readBody(request) : undefined
    if (isChange && !route.isOpen) this.options.log(`${route.method} ${request.url ?? ''}`)
    this.streams += route.isStream ? 1 : 0
    try {
      const data = await route.run({ request, response, path, query, body, signal })
      if (data !== undefined) sendJson(response, 200, data)
    } finally {
      this.streams -= route.isStream ? 1 : 0
    }
  }

  /** The one route that the server has itself: the token of the link against a cookie. */
  private withSession(routes: readonly Route[]): readonly Route[] {
    const login: Route = {
      method: 'POST',
      path: '/login',
      isOpen: true,
      run: ({ body, response }) => {
        const { token } = (body ?? {}) as { token?: unknown }
        const cookie = typeof token === 'string' ? this.admission?.admit(token) : undefined
        if (this.admission && cookie === undefined)
          return this.turnAway(response, 401, 'this token is not the one of this run of kts web')
        if (cookie !== undefined) response.setHeader('Set-Cookie', cookie)
        return {}
      },
    }
    return [login, ...routes]
  }

  private turnAway(response: ServerResponse, status: number, reason: string): void {
    this.options.log(`refused: ${reason}`)
    sendProblem(response, status, reason)
  }

  private fail(response: ServerResponse, error: unknown): void {
    if (!isExpected(error)) this.options.report(error)
    if (response.headersSent || response.destroyed) return void response.destroy()
    const message = isExpected(error) ? error.message : 'this is a bug in kts; its log has the details'
    sendProblem(response, statusOf(error), message, error instanceof KafkaError ? error.code : undefined)
  }
}

function statusOf(error: unknown): number {
  if (error instanceof TooLarge) return 413
  if (error instanceof UserError) return 400
  if (error instanceof ForbiddenError) return 403
  if (error instanceof KafkaError) return error.code.startsWith('UNKNOWN_TOPIC') ? 404 : 409
  return error instanceof EnvironmentError ? statusOfRegistry(error) : 500
}

/** A registry's codes begin with a status; what cannot be reached has none. */
const statusOfRegistry = ({ code = '' }: EnvironmentError): number =>
  /^4\d{2,4}$/.test(code) ? Number(code.slice(0, 3)) : 502

/** Every other path is a view of the page, which finds its own way. */
const assetOf = (path: string, assets: Assets): Asset | undefined =>
  path.startsWith('/assets/') ? assets.find(path.slice('/assets/'.length)) : assets.page

function sendAsset(request: IncomingMessage, response: ServerResponse, asset: Asset | undefined): void {
  if (!asset) return sendProblem(response, 404, 'there is no such file')
  if (request.method !== 'GET' && request.method !== 'HEAD') return refuseMethod(response, ['GET'])
  const isCompressed = /\bgzip\b/.test(String(request.headers['accept-encoding'] ?? ''))
  const body = isCompressed ? asset.gzip : asset.body
  response.writeHead(200, {
    'Content-Type': asset.type,
    'Content-Length': body.length,
    ...(isCompressed && { 'Content-Encoding': 'gzip' }),
    ...(asset.isLasting && { 'Cache-Control': 'max-age=31536000, immutable' }),
  })
  response.end(request.method === 'HEAD' ? undefined : body)
}

function refuseMethod(response: ServerResponse, allowed: readonly string[]): void {
  if (allowed.length === 0) return sendProblem(response, 404, 'there is no such thing to ask for')
  response.setHeader('Allow', allowed.join(', '))
  sendProblem(response, 405, `this takes ${allowed.join(' or ')} only`)
}
