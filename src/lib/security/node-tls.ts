import type * as Tls from 'node:tls'

/** Node's TLS, loaded when something is encrypted: it takes as long as the rest of a short command. */
export function nodeTls(): typeof Tls {
  return process.getBuiltinModule('node:tls')
}

/**
 * Connects. The options pin every check, and so NODE_TLS_REJECT_UNAUTHORIZED is out of Node's sight meanwhile: it would
 * warn that none is made.
 */
export function connectTls(options: Tls.ConnectionOptions, onConnect: () => void): Tls.TLSSocket {
  const { env } = process
  const { NODE_TLS_REJECT_UNAUTHORIZED: override } = env
  delete env.NODE_TLS_REJECT_UNAUTHORIZED
  try {
    return nodeTls().connect(options, onConnect)
  } finally {
    if (override !== undefined) env.NODE_TLS_REJECT_UNAUTHORIZED = override
  }
}
