import type { ActionName, ActionOutcome, Actions } from '../lib/web/actions.ts'
import type { Problem } from '../lib/web/wire.ts'

export const base = document.querySelector<HTMLMetaElement>('meta[name="kts-base"]')?.content ?? ''

/** What the server says is wrong. */
export class ApiError extends Error {
  constructor(
    message: string,
    readonly status: number,
    readonly code: string | undefined,
  ) {
    super(message)
  }
}

/** The profile of the cluster that is looked at, from the address of the page. */
export const currentProfile = (): string | null => new URLSearchParams(location.search).get('profile')

/** The address of a part of the API, on the cluster that is looked at. */
export function apiUrl(
  path: string,
  query: Readonly<Record<string, string | readonly string[] | undefined>> = {},
): string {
  const words = new URLSearchParams()
  for (const [name, value] of Object.entries({ profile: currentProfile() ?? undefined, ...query }))
    for (const item of typeof value === 'string' ? [value] : (value ?? [])) if (item !== '') words.append(name, item)
  const text = words.toString()
  return `${base}/api${path}${text === '' ? '' : `?${text}`}`
}

/** Throws ApiError. */
export async function get<T>(url: string, signal?: AbortSignal): Promise<T> {
  return read<T>(await reach(url, signal ? { signal } : {}))
}

/** Throws ApiError. */
export async function post<T>(url: string, body: unknown): Promise<T> {
  const headers = { 'Content-Type': 'application/json' }
  return read<T>(await reach(url, { method: 'POST', headers, body: JSON.stringify(body) }))
}

async function reach(url: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, { credentials: 'same-origin', ...init })
  } catch (error) {
    if ((error as Error).name === 'AbortError') throw error
    throw new ApiError('kts web does not answer: it has ended, or cannot be reached', 0, undefined)
  }
}

async function read<T>(response: Response): Promise<T> {
  const text = await response.text()
  const data: unknown = text === '' ? {} : JSON.parse(text)
  if (response.ok) return data as T
  const { error, code } = data as Problem
  throw new ApiError(error, response.status, code)
}

/** Does something, by its command. Throws ApiError with what the command says where it fails. */
export async function act<A extends ActionName>(
  action: A,
  fields: Actions[A],
  typed?: string,
): Promise<{ readonly data: unknown; readonly messages: readonly string[] }> {
  const { exitCode, output, messages } = await post<ActionOutcome>(apiUrl('/actions'), { action, fields, typed })
  const data: unknown = output.trim() === '' ? null : JSON.parse(output)
  if (exitCode !== 0) throw new ApiError(messages.join('\n') || `it ended with ${exitCode}`, 409, undefined)
  return { data, messages }
}

type Listeners<E> = { readonly [N in keyof E]?: (data: E[N], id: string) => void }

/** Listens to server-sent events; returns how to end it. The browser takes up again what breaks off. */
export function listen<E extends object>(url: string, listeners: Listeners<E>, onBreak?: () => void): () => void {
  const source = new EventSource(url)
  for (const [name, listener] of Object.entries(listeners))
    source.addEventListener(name, (event) => {
      const { data, lastEventId } = event as MessageEvent<string>
      ;(listener as (data: unknown, id: string) => void)(JSON.parse(data), lastEventId)
    })
  source.addEventListener('error', () => onBreak?.())
  return () => source.close()
}
