import { useEffect, useState } from 'preact/hooks'
import { base } from './api.ts'

/** Where the page is: the words of the path, and what its query says. */
export interface Place {
  readonly words: readonly string[]
  readonly query: URLSearchParams
}

const read = (): Place => ({
  words: location.pathname
    .slice(base.length)
    .split('/')
    .filter((word) => word !== '')
    .map(decodeURIComponent),
  query: new URLSearchParams(location.search),
})

/** The path of a view; the profile goes along. */
export function pathTo(
  words: readonly string[],
  query: Readonly<Record<string, string | null | undefined>> = {},
): string {
  const profile = new URLSearchParams(location.search).get('profile')
  const all = new URLSearchParams()
  for (const [name, value] of Object.entries({ profile, ...query })) if (value) all.set(name, value)
  const text = all.toString()
  return `${base}/${words.map(encodeURIComponent).join('/')}${text === '' ? '' : `?${text}`}`
}

const moved = new EventTarget()

export function go(path: string, { replace = false } = {}): void {
  if (replace) history.replaceState(null, '', path)
  else history.pushState(null, '', path)
  moved.dispatchEvent(new Event('move'))
}

/** Changes what the query of this view says. */
export function goWith(changes: Readonly<Record<string, string | null>>): void {
  const query = new URLSearchParams(location.search)
  for (const [name, value] of Object.entries(changes)) {
    if (value === null || value === '') query.delete(name)
    else query.set(name, value)
  }
  const text = query.toString()
  go(`${location.pathname}${text === '' ? '' : `?${text}`}`, { replace: true })
}

export function usePlace(): Place {
  const [place, setPlace] = useState(read)
  useEffect(() => {
    const update = (): void => setPlace(read())
    moved.addEventListener('move', update)
    addEventListener('popstate', update)
    return () => {
      moved.removeEventListener('move', update)
      removeEventListener('popstate', update)
    }
  }, [])
  return place
}

/** Links within the page change the view, and do not load it anew. */
export function followLinks(event: MouseEvent): void {
  const link = (event.target as Element).closest('a')
  if (!link || event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey) return
  if (link.origin !== location.origin || link.target !== '' || link.hasAttribute('download')) return
  event.preventDefault()
  go(link.pathname + link.search)
  scrollTo(0, 0)
}
