import { MalformedError } from '../errors.ts'

const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'the connection was reset',
  EPIPE: 'the connection was closed',
  ENOTFOUND: 'unknown host name',
  EAI_AGAIN: 'the host name cannot be resolved at the moment',
  ETIMEDOUT: 'no answer',
  EHOSTUNREACH: 'no route to the host',
  ENETUNREACH: 'the network cannot be reached',
  EPROTO: 'it does not speak TLS; is it a plaintext listener (security.protocol=PLAINTEXT)?',
  ERR_SSL_WRONG_VERSION_NUMBER: 'it does not speak TLS; is it a plaintext listener (security.protocol=PLAINTEXT)?',
  ERR_TLS_CERT_ALTNAME_INVALID:
    'its TLS certificate is for another host name (ssl.endpoint.identification.algorithm= with nothing behind it skips this check)',
  CERT_HAS_EXPIRED: 'its TLS certificate has expired',
}

const UNTRUSTED = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT', 'SELF_SIGNED_CERT_IN_CHAIN', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_GET_ISSUER_CERT',
])

/** Why a connection failed, in words that fit behind "cannot reach HOST:PORT: ". */
export function failureReason(error: unknown): string {
  if (error instanceof MalformedError) return 'it does not answer in Kafka\'s protocol; does it expect TLS (security.protocol=SSL)?'
  if (!(error instanceof Error)) return String(error)
  const code = (error as NodeJS.ErrnoException).code ?? ''
  if (UNTRUSTED.has(code)) return `its TLS certificate is not trusted (${code}); name its authority with ssl.truststore.location`
  return REASONS[code] ?? (/timed? ?out/i.test(error.message) ? 'no answer in time'
    : /^(Closed connection|Connection closed by the server|Not connected)/.test(error.message) ? 'it closed the connection'
      : error.message.replace(/^Connection error: /, ''))
}
