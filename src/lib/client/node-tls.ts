import { createRequire } from 'node:module'
import type * as Tls from 'node:tls'

let loaded: typeof Tls | undefined

/** Node's TLS, loaded when something is encrypted: it takes as long as the rest of a short command. */
export function nodeTls(): typeof Tls {
  return (loaded ??= createRequire(import.meta.url)('node:tls') as typeof Tls)
}
