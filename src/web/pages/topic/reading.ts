import { useEffect, useRef, useState } from 'preact/hooks'
import type { Problem, RecordView, SearchEvents, SearchProgress, TailEvents } from '../../../lib/web/wire.ts'
import { apiUrl, listen } from '../../api.ts'
import { useNewest, useVisible } from '../../hooks.ts'

/** So many records are kept in the page; of a live topic the newest. */
const MOST_RECORDS = 5000
const MOST_LIVE = 500

export interface Reading {
  readonly records: readonly RecordView[]
  readonly progress: SearchProgress | undefined
  readonly problem: Problem | undefined
  /** What a live topic has had and is not shown. */
  readonly passed: number
  /** Of a live topic: until its end has been found. */
  readonly isReading: boolean
  /** What is waited for. */
  readonly waiting: string | undefined
  /** Where the search can go on. */
  readonly next: string | null
  more(): void
  stop(): void
}

export interface ReadingQuery {
  readonly topic: string
  readonly from: string
  readonly partition: string
  readonly filter: string
}

const NOTHING = {
  records: [] as readonly RecordView[],
  progress: undefined as SearchProgress | undefined,
  problem: undefined as Problem | undefined,
  passed: 0,
  isReading: true,
  waiting: undefined as string | undefined,
  next: null as string | null,
}

/** Records as they are found, or as they are written where `from` is `live`. */
export function useRecords(query: ReadingQuery): Reading {
  const { topic, from, partition, filter } = query
  const [state, setState] = useState(NOTHING)
  const [place, setPlace] = useState(from)
  const isVisible = useVisible()
  const close = useRef(() => {})
  const after = useRef('')
  const key = JSON.stringify(query)
  const isLive = from === 'live'
  const newest = useNewest(key)
  useEffect(() => {
    setState(NOTHING)
    setPlace(from)
    after.current = ''
  }, [key])
  useEffect(() => {
    if (isLive || (place !== from && !place.startsWith('next:'))) return undefined
    const url = apiUrl(`/topics/${encodeURIComponent(topic)}/search`, { from: place, partition, filter, limit: '100' })
    close.current = search(url, setState)
    return () => close.current()
  }, [key, place])
  useEffect(() => {
    if (!isLive || !isVisible) return undefined
    const url = apiUrl(`/topics/${encodeURIComponent(topic)}/tail`, { partition, filter, after: after.current })
    close.current = tail(url, setState, (id) => {
      if (newest.current === key) after.current = id
    })
    return () => close.current()
  }, [key, isVisible])
  return {
    ...state,
    more() {
      if (state.next === null) return
      setState((before) => ({ ...before, isReading: true }))
      setPlace(state.next)
    },
    stop() {
      close.current()
      setState((before) => ({ ...before, isReading: false }))
    },
  }
}

type SetState = (change: (before: typeof NOTHING) => typeof NOTHING) => void

function search(url: string, setState: SetState): () => void {
  const end = listen<SearchEvents>(
    url,
    {
      records: ({ records }) =>
        setState((before) => ({ ...before, records: [...before.records, ...records].slice(0, MOST_RECORDS) })),
      progress: (progress) => setState((before) => ({ ...before, progress })),
      end: ({ next, ...progress }) => {
        end()
        setState((before) => ({ ...before, progress, next, isReading: false }))
      },
      problem: (problem) => {
        end()
        setState((before) => ({ ...before, problem, isReading: false }))
      },
    },
    // A search is not begun anew by itself: what refused it is asked for its reason.
    () => {
      end()
      void reasonOf(url).then((problem) => setState((before) => ({ ...before, problem, isReading: false })))
    },
  )
  return end
}

function tail(url: string, setState: SetState, onId: (id: string) => void): () => void {
  const end = listen<TailEvents>(
    url,
    {
      ready: (_, id) => {
        onId(id)
        setState((before) => ({ ...before, waiting: undefined, problem: undefined, isReading: false }))
      },
      records: ({ records, passed }, id) => {
        onId(id)
        setState((before) => {
          const all = [...records].reverse().concat(before.records)
          const left = Math.max(0, all.length - MOST_LIVE)
          return {
            ...before,
            records: all.slice(0, MOST_LIVE),
            passed: before.passed + passed + left,
            waiting: undefined,
          }
        })
      },
      waiting: ({ reason }) => setState((before) => ({ ...before, waiting: reason })),
      resumed: () => setState((before) => ({ ...before, waiting: undefined })),
      problem: (problem) => {
        end()
        setState((before) => ({ ...before, problem, isReading: false }))
      },
    },
    () => setState((before) => ({ ...before, waiting: 'the connection to kts web has broken off; trying again' })),
  )
  return end
}

/** EventSource does not tell why it was refused. */
async function reasonOf(url: string): Promise<Problem> {
  const gone = new AbortController()
  try {
    const response = await fetch(url, { signal: gone.signal })
    if (response.ok) return { error: 'the connection to kts web has broken off; search again' }
    return (await response.json()) as Problem
  } catch {
    return { error: 'kts web does not answer: it has ended, or cannot be reached' }
  } finally {
    gone.abort()
  }
}
