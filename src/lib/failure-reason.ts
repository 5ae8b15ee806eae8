import { MalformedError } from './errors.ts'
import { ENDED_IN_HANDSHAKE, tlsFailure } from './tls-failures.ts'

const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'the connection was reset',
  EPIPE: 'the connection was closed',
  ENOTFOUND: 'unknown host name',
  EAI_AGAIN: 'the host name cannot be resolved at the moment',
  ETIMEDOUT: 'no answer',
  EHOSTUNREACH: 'no route to the host',
  EHOSTDOWN: 'the host is down',
  ENETUNREACH: 'the network cannot be reached',
  EADDRNOTAVAIL: 'there is no such address here',
  EACCES: 'the system does not allow the connection',
  EMFILE: 'too many connections are open here',
}

/** Why a connection failed, in words that fit behind "cannot reach HOST:PORT: ". */
export function failureReason(error: unknown): string {
  if (error instanceof MalformedError)
    return "it does not answer in Kafka's protocol; does it expect TLS (security.protocol=SSL or SASL_SSL)?"
  if (!(error instanceof Error)) return String(error)
  const { message } = error
  if (message.includes('before secure TLS connection was established')) return ENDED_IN_HANDSHAKE
  const code = (error as NodeJS.ErrnoException).code ?? ''
  return (
    tlsFailure(code) ??
    REASONS[code] ??
    (/timed? ?out/i.test(message)
      ? 'no answer in time'
      : /^(Closed connection|Connection closed by the server|Not connected)/.test(message)
        ? 'it closed the connection'
        : // OpenSSL's own line, where Node gives it no code: "…:error:0A000126:SSL routines::…".
          /:SSL routines:|\berror:[0-9A-F]{8}:/.test(message)
          ? 'the TLS handshake failed'
          : message.replace(/^Connection error: /, ''))
  )
}
