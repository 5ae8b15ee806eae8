import type { IncomingMessage } from 'node:http'

/** Where the page is served, as browsers name it. */
export interface Doors {
  readonly port: number
  /** Names besides those of this machine itself: of `--host` and `--allowed-host`. */
  readonly names: readonly string[]
}

const OWN_NAMES = ['localhost', '127.0.0.1', '[::1]']
const HARMLESS_METHODS: readonly string[] = ['GET', 'HEAD']

/**
 * Why a request is refused before anything else is looked at; undefined for one that may go on. A name that is not
 * ours is a page that has rebound its own name to this machine; a change that another page has sent carries that
 * page's origin, or a content type that needs no leave (CSRF).
 */
export function refusalOf(request: IncomingMessage, { port, names }: Doors): string | undefined {
  const { host, origin } = request.headers
  const known = [...OWN_NAMES, ...names].flatMap((name) => [`${name}:${port}`, ...(port === 80 ? [name] : [])])
  if (host === undefined || !known.includes(host.toLowerCase()))
    return `the name ${JSON.stringify(host ?? '')} is not one of this server's; --allowed-host adds one`
  const site = request.headers['sec-fetch-site']
  if (isNavigation(request)) return undefined
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return 'the request comes from another site'
  if (HARMLESS_METHODS.includes(request.method ?? '')) return undefined
  if (origin !== `http://${host}`) return 'a change has to come from this page itself (Origin)'
  if (!/^application\/json\s*(;|$)/i.test(request.headers['content-type'] ?? ''))
    return 'a change has to be sent as application/json'
  return undefined
}

/** A link elsewhere may lead here: it shows the page, and the page's own requests ask for the data. */
const isNavigation = ({ method, headers }: IncomingMessage): boolean =>
  method === 'GET' && headers['sec-fetch-mode'] === 'navigate' && headers['sec-fetch-dest'] === 'document'
