export const NO_CERTIFICATE = 'it shows no certificate, and ssl.client.auth is required'

/** What OpenSSL calls a handshake that failed, in words for the log. */
const REASONS: readonly (readonly [code: RegExp, reason: string])[] = [
  [/WRONG_VERSION_NUMBER|HTTP_REQUEST|UNKNOWN_PROTOCOL|PACKET_LENGTH_TOO_LONG/, 'it does not speak TLS'],
  [/UNSUPPORTED_PROTOCOL|VERSION_TOO_LOW/, 'it speaks no version of ssl.enabled.protocols'],
  [/NO_SHARED_CIPHER/, 'it knows none of the cipher suites'],
  [
    /ALERT_UNKNOWN_CA|ALERT_BAD_CERTIFICATE|ALERT_CERTIFICATE_UNKNOWN/,
    'it does not trust the certificate of this broker',
  ],
  [/ALERT_CERTIFICATE_EXPIRED/, 'it finds the certificate of this broker expired'],
  [/^ECONNRESET$/, 'it goes away during the TLS handshake; does it trust the certificate of this broker?'],
  [/TLS_HANDSHAKE_TIMEOUT/, 'it does not finish the handshake'],
]
const UNTRUSTED: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: 'its certificate has expired',
  CERT_NOT_YET_VALID: 'its certificate is not valid yet',
}

/** Why a handshake failed. */
export function handshakeFault({ code = '', message }: NodeJS.ErrnoException): string {
  const known = REASONS.find(([pattern]) => pattern.test(code))
  return known
    ? known[1]
    : `the TLS handshake fails: ${message.replace(/^.*?SSL routines:[^:]*:([^:]*):.*$/s, '$1').trim()}`
}

/** Why a client's certificate is not accepted, by OpenSSL's name for it. */
export const certificateFault = (code: string): string =>
  UNTRUSTED[code] ?? `its certificate is not from an authority in ssl.truststore (${code})`
