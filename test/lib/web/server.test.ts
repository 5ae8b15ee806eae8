import { request as httpRequest, type IncomingHttpHeaders } from 'node:http'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Assets } from '../../../src/lib/web/assets.ts'
import type { Route } from '../../../src/lib/web/router.ts'
import { WebServer, type WebOptions } from '../../../src/lib/web/server.ts'

interface Reply {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly text: string
}

const asset = (text: string, isLasting: boolean) => ({
  body: Buffer.from(text),
  gzip: Buffer.from(`gzip of ${text}`),
  type: 'text/plain',
  isLasting,
})
const assets: Assets = {
  page: asset('the page', false),
  find: (name) => (name === 'page.js' ? asset('the script', true) : undefined),
}

let server: WebServer
let port: number
let changes: unknown[]
let log: string[]

const routes: Route[] = [
  { method: 'GET', path: '/topics/:topic', run: ({ path }) => ({ topic: path['topic'] }) },
  { method: 'POST', path: '/actions', run: ({ body }) => ({ count: changes.push(body) }) },
  {
    method: 'GET',
    path: '/stream',
    isStream: true,
    run: async ({ response, signal }) => {
      response.writeHead(200).write('open\n')
      await new Promise((resolve) => signal.addEventListener('abort', resolve))
    },
  },
]

async function serve(options: Partial<WebOptions> = {}): Promise<void> {
  server = new WebServer({
    hosts: ['127.0.0.1'],
    port: 0,
    portOption: '--port',
    allowedNames: [],
    basePath: '',
    needsToken: true,
    assets,
    routes,
    report: (error) => {
      throw error
    },
    log: (line) => log.push(line),
    ...options,
  })
  port = await server.listen()
}

beforeEach(async () => {
  ;[changes, log] = [[], []]
  await serve()
})
afterEach(() => server.close())

function ask(
  path: string,
  options: { method?: string; headers?: Record<string, string>; body?: string } = {},
): Promise<Reply> {
  const { method = 'GET', headers = {}, body } = options
  return new Promise((resolve, reject) => {
    const request = httpRequest({ host: '127.0.0.1', port, path, method, headers }, (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
      response.on('end', () => resolve({ status: response.statusCode!, headers: response.headers, text }))
    })
    request.on('error', reject).end(body)
  })
}

const token = (): string => /#token=(.*)$/.exec(server.linkEnd)![1]!
const own = (): Record<string, string> => ({ origin: `http://127.0.0.1:${port}`, 'content-type': 'application/json' })

async function login(): Promise<Record<string, string>> {
  const { headers } = await ask('/api/login', {
    method: 'POST',
    headers: own(),
    body: JSON.stringify({ token: token() }),
  })
  return { cookie: headers['set-cookie']![0]!.replace(/;.*/, '') }
}

describe('whoever comes in', () => {
  it('shows the token of the link, gets a cookie for it, and is let in by that', async () => {
    expect((await ask('/api/topics/a')).status).toBe(401)
    const wrong = await ask('/api/login', { method: 'POST', headers: own(), body: '{"token":"guess"}' })
    expect([wrong.status, wrong.headers['set-cookie']]).toEqual([401, undefined])
    const right = await ask('/api/login', { method: 'POST', headers: own(), body: JSON.stringify({ token: token() }) })
    expect(right.headers['set-cookie']![0]).toMatch(/; Path=\/; HttpOnly; SameSite=Strict$/)
    expect(right.headers['set-cookie']![0]).not.toContain(token())
    expect(await ask('/api/topics/a%2Fb', { headers: await login() })).toMatchObject({
      status: 200,
      text: '{"topic":"a/b"}',
    })
    expect((await ask('/api/topics/a', { headers: { cookie: `kts-${port}=guess` } })).status).toBe(401)
    expect(log.join('\n')).not.toContain(token())
  })

  it('needs no token where there is none', async () => {
    await server.close()
    await serve({ needsToken: false })
    expect(server.linkEnd).toBe('/')
    expect((await ask('/api/topics/a')).status).toBe(200)
  })
})

describe('what another page sends', () => {
  it.each(['evil.example', 'localhost', 'localhost.evil.example:PORT', '127.0.0.1:1'])(
    'is refused under the name %s, before anything is looked at (DNS rebinding)',
    async (name) => {
      const host = name.replace('PORT', String(port))
      expect((await ask('/', { headers: { host } })).status).toBe(403)
      expect((await ask('/api/topics/a', { headers: { host } })).status).toBe(403)
    },
  )

  it.each(['localhost', '127.0.0.1', '[::1]'])('is let in as %s', async (name) => {
    expect((await ask('/', { headers: { host: `${name}:${port}` } })).text).toBe('the page')
  })

  it.each([
    ['no origin', { 'content-type': 'application/json' }],
    ['another origin', { origin: 'http://evil.example', 'content-type': 'application/json' }],
    ['the origin of another port', { origin: 'http://127.0.0.1:1', 'content-type': 'application/json' }],
    ['a form', { origin: 'OWN', 'content-type': 'application/x-www-form-urlencoded' }],
    ['plain text', { origin: 'OWN', 'content-type': 'text/plain' }],
    ['a foreign site', { origin: 'OWN', 'content-type': 'application/json', 'sec-fetch-site': 'cross-site' }],
  ])('changes nothing: %s', async (_, given: Record<string, string>) => {
    const headers = { ...given, ...(given['origin'] === 'OWN' && { origin: own()['origin']! }), ...(await login()) }
    const reply = await ask('/api/actions', { method: 'POST', headers, body: '{}' })
    expect([reply.status, changes]).toEqual([403, []])
  })

  it('reads nothing either, and a link may lead here', async () => {
    const headers = { ...(await login()), 'sec-fetch-site': 'cross-site' }
    expect((await ask('/api/topics/a', { headers })).status).toBe(403)
    const link = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' }
    expect((await ask('/topics', { headers: link })).text).toBe('the page')
  })

  it('changes nothing by GET', async () => {
    const reply = await ask('/api/actions', { headers: await login() })
    expect([reply.status, reply.headers.allow, changes]).toEqual([405, 'POST', []])
  })
})

describe('answers', () => {
  it('carry a policy that lets nothing in, the page as well as its data', async () => {
    for (const path of ['/', '/assets/page.js', '/api/topics/a']) {
      const { headers } = await ask(path)
      expect(headers['content-security-policy']).toBe(
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; " +
          "frame-ancestors 'none'; base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'",
      )
      expect(headers).toMatchObject({ 'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer' })
    }
  })

  it('are files by their names only, compressed where that is taken', async () => {
    expect(await ask('/assets/page.js')).toMatchObject({ status: 200, text: 'the script' })
    expect(await ask('/assets/page.js', { headers: { 'accept-encoding': 'br, gzip' } })).toMatchObject({
      text: 'gzip of the script',
    })
    for (const path of ['/assets/..%2f..%2fpackage.json', '/assets/../../package.json', '/assets/x.js'])
      expect((await ask(path)).text).not.toContain('"name"')
  })

  it('are the page under every path of a view, below the base path', async () => {
    await server.close()
    await serve({ basePath: '/kafka' })
    expect(server.linkEnd).toMatch(/^\/kafka\/#token=/)
    expect((await ask('/kafka/topics/retail')).text).toBe('the page')
    expect((await ask('/kafkaesque/topics')).status).toBe(404)
  })
})

describe('limits', () => {
  it('refuses a body of more than 2 MB, and what is no JSON', async () => {
    const headers = { ...own(), ...(await login()) }
    const large = await ask('/api/actions', { method: 'POST', headers, body: `"${'x'.repeat(2 * 1024 * 1024)}"` })
    expect([large.status, changes]).toEqual([413, []])
    expect(await ask('/api/actions', { method: 'POST', headers, body: '{' })).toMatchObject({ status: 400 })
    expect(await ask('/api/actions', { method: 'POST', headers, body: '{"a":1}' })).toMatchObject({ status: 200 })
  })

  it('opens twenty streams at a time, and others again when some have ended', async () => {
    const headers = await login()
    const open = (): Promise<{ status: number; end(): void }> =>
      new Promise((resolve) => {
        const request = httpRequest({ host: '127.0.0.1', port, path: '/api/stream', headers }, (response) =>
          response.once('data', () => resolve({ status: response.statusCode!, end: () => response.destroy() })),
        )
        request.end()
      })
    const streams = await Promise.all(Array.from({ length: 20 }, open))
    expect(streams.every(({ status }) => status === 200)).toBe(true)
    expect((await open()).status).toBe(429)
    streams[0]!.end()
    await expect.poll(async () => (await open()).status).toBe(200)
  })
})
