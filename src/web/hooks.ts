import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks'
import { type ApiError, get } from './api.ts'

export interface Loaded<T> {
  readonly data: T | undefined
  readonly error: ApiError | undefined
  reload(): void
}

const REFRESH_MS = 5000

/** What an address answers, asked again now and then while the page is seen; what was there stays while it is asked. */
export function useData<T>(url: string | null, { refreshMs = REFRESH_MS } = {}): Loaded<T> {
  const [state, setState] = useState<{ url: string | null; data?: T; error?: ApiError }>({ url: null })
  const [turn, setTurn] = useState(0)
  // Asked before the browser paints: an effect would wait until it has.
  useLayoutEffect(() => {
    if (url === null) return undefined
    const gone = new AbortController()
    let timer: ReturnType<typeof setTimeout>
    const ask = async (): Promise<void> => {
      try {
        const data = await get<T>(url, gone.signal)
        setState({ url, data })
      } catch (error) {
        if (gone.signal.aborted) return
        setState((before) => ({ ...(before.url === url && before), url, error: error as ApiError }))
      }
      if (!gone.signal.aborted) timer = setTimeout(() => void next(), refreshMs)
    }
    const next = async (): Promise<void> => {
      if (document.hidden) timer = setTimeout(() => void next(), refreshMs)
      else await ask()
    }
    void ask()
    return () => {
      gone.abort()
      clearTimeout(timer)
    }
  }, [url, turn, refreshMs])
  const reload = useCallback(() => setTurn((before) => before + 1), [])
  const isOwn = state.url === url
  return { data: isOwn ? state.data : undefined, error: isOwn ? state.error : undefined, reload }
}

/** What is asked for the lines in view alone, by their names; `look` is told which they are. */
export function useCounts<T>(
  urlOf: (names: readonly string[]) => string,
  nameOf: (count: T) => string,
  refreshMs: number,
): { readonly counts: ReadonlyMap<string, T>; readonly look: (names: readonly string[]) => void } {
  const [inView, look] = useState<readonly string[]>([])
  const { data } = useData<T[]>(inView.length === 0 ? null : urlOf(inView), { refreshMs })
  const counts = useMemo(() => new Map(data?.map((count) => [nameOf(count), count])), [data])
  return { counts, look }
}

/** Whether the tab is in view: streams are let go of when it is not, browsers have only six for a server. */
export function useVisible(): boolean {
  const [isVisible, setVisible] = useState(!document.hidden)
  useEffect(() => {
    const update = (): void => setVisible(!document.hidden)
    document.addEventListener('visibilitychange', update)
    return () => document.removeEventListener('visibilitychange', update)
  }, [])
  return isVisible
}

/** The newest of a value, for what is called later. */
export function useNewest<T>(value: T): { readonly current: T } {
  const ref = useRef(value)
  ref.current = value
  return ref
}
