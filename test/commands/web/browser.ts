import { expect, vi } from 'vitest'
import { webCommand } from '../../../src/commands/web/index.ts'
import type { ActionOutcome } from '../../../src/lib/web/actions.ts'
import { createContext } from '../../support/context.ts'
import { startCommand } from '../../support/run-command.ts'

/** What a browser does with the page of `kts web`. */
export interface Browser {
  readonly url: string
  get<T>(path: string): Promise<T>
  fetch(path: string, init?: RequestInit): Promise<Response>
  post<T>(path: string, body: unknown): Promise<T>
  act(action: string, fields: object): Promise<ActionOutcome & { error?: string }>
  close(): Promise<void>
  /** Server-sent events until `enough` says so. */
  events(
    path: string,
    enough: (name: string, data: never) => boolean,
  ): Promise<{ name: string; data: never; id?: string }[]>
}

/** Opens the page of a cluster, by its link. */
export async function openPageOf(server: string, args: readonly string[] = [], env = {}): Promise<Browser> {
  const { context, stdout, abort } = createContext({ env })
  const running = startCommand(webCommand, ['-b', server, '--port', '0', ...args], context)
  await vi.waitFor(() => expect(stdout()).toMatch(/ready at/))
  const url = new URL(/http:\S+/.exec(stdout())![0])
  const headers = { origin: url.origin, 'content-type': 'application/json' }
  const login = await fetch(`${url.origin}/api/login`, {
    method: 'POST',
    headers,
    body: JSON.stringify({ token: url.hash.replace('#token=', '') }),
  })
  const cookie = (login.headers.get('set-cookie') ?? '').replace(/;.*/, '')
  const ask = (path: string, init: RequestInit = {}): Promise<Response> =>
    fetch(`${url.origin}/api${path}`, { ...init, headers: { ...headers, cookie } })
  const post = async <T>(path: string, body: unknown): Promise<T> =>
    (await (await ask(path, { method: 'POST', body: JSON.stringify(body) })).json()) as T
  return {
    url: url.href,
    fetch: ask,
    get: async <T>(path: string) => (await (await ask(path)).json()) as T,
    post,
    act: (action, fields) => post('/actions', { action, fields }),
    close: async () => {
      abort('SIGINT')
      await running
    },
    events: (path, enough) => readEvents(ask, path, enough),
  }
}

async function readEvents(
  ask: Browser['fetch'],
  path: string,
  enough: (name: string, data: never) => boolean,
): ReturnType<Browser['events']> {
  const gone = new AbortController()
  const response = await ask(path, { signal: gone.signal })
  const events: Awaited<ReturnType<Browser['events']>> = []
  let rest = ''
  for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
    const pieces = (rest + chunk).split('\n\n')
    rest = pieces.pop()!
    for (const piece of pieces) {
      const field = (name: string): string | undefined => new RegExp(`^${name}: (.*)$`, 'm').exec(piece)?.[1]
      const event = { name: field('event')!, data: JSON.parse(field('data')!) as never, id: field('id')! }
      events.push(event)
      if (enough(event.name, event.data)) {
        gone.abort()
        return events
      }
    }
  }
  return events
}
