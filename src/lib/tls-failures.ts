/**
 * TLS's own words for what went wrong, as OpenSSL and Node name it, in words that fit after "cannot reach HOST:PORT: ".
 */

const PLAIN = 'it does not speak TLS; is it a plaintext listener (security.protocol=PLAINTEXT or SASL_PLAINTEXT)?'
const NO_CERTIFICATE = 'it asks for a client certificate; name one with ssl.keystore.location'
const UNTRUSTED = 'its TLS certificate is not trusted; name its authority with ssl.truststore.location'
const REFUSED = 'it refuses the client certificate of ssl.keystore'
const NO_PROTOCOL = 'it speaks none of the TLS versions of ssl.enabled.protocols and ssl.protocol'
const WEAK = 'its TLS certificate or key is too weak to be trusted'

/** By code, as Node shows it. */
const BY_CODE: Readonly<Record<string, string>> = {
  EPROTO: PLAIN,
  ERR_TLS_CERT_ALTNAME_INVALID:
    'its TLS certificate is for another host name (ssl.endpoint.identification.algorithm= with nothing after it skips this check)',
  ERR_TLS_CERT_ALTNAME_FORMAT: 'its TLS certificate has host names that cannot be read',
  CERT_HAS_EXPIRED: 'its TLS certificate, or that of its authority, has expired',
  CERT_NOT_YET_VALID: 'its TLS certificate, or that of its authority, is not valid yet; is the clock right?',
  CERT_REVOKED: 'its TLS certificate has been revoked',
  CERT_REJECTED: 'its TLS certificate is not for servers',
  INVALID_PURPOSE: 'its TLS certificate is not for servers',
  CERT_SIGNATURE_FAILURE: 'its TLS certificate has a wrong signature',
  INVALID_CA: 'its TLS certificate has been issued by one that may not issue any',
  PATH_LENGTH_EXCEEDED: 'its TLS certificate has more authorities above it than they allow',
  CERT_CHAIN_TOO_LONG: 'its TLS certificate has more authorities above it than they allow',
  HOSTNAME_MISMATCH: 'its TLS certificate is for another host name',
}

/** Nobody vouches for the certificate. */
const UNTRUSTED_CODES = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_GET_ISSUER_CERT',
  'CERT_UNTRUSTED',
])

/**
 * By the name of the error in OpenSSL, which Node puts after ERR_SSL_ or ERR_OSSL_. What the server answered is an
 * alert; RFC 8446, section 6, has their meaning.
 */
const BY_NAME: readonly (readonly [pattern: RegExp, reason: string])[] = [
  [/ALERT_(CERTIFICATE_REQUIRED|NO_CERTIFICATE)$/, NO_CERTIFICATE],
  [/ALERT_UNKNOWN_CA$/, `${REFUSED}: it does not know its authority`],
  [/ALERT_CERTIFICATE_EXPIRED$/, `${REFUSED}: it has expired`],
  [/ALERT_CERTIFICATE_REVOKED$/, `${REFUSED}: it has been revoked`],
  [/ALERT_UNSUPPORTED_CERTIFICATE$/, `${REFUSED}: it is of the wrong kind`],
  [
    /ALERT_(BAD_CERTIFICATE|CERTIFICATE_UNKNOWN)$/,
    'it refuses the client certificate, or asks for one and got none (ssl.keystore.location)',
  ],
  [/ALERT_ACCESS_DENIED$/, 'it denies access to the client certificate'],
  [/ALERT_DECRYPT_ERROR$/, `${REFUSED}: its signature is wrong`],
  [
    /ALERT_PROTOCOL_VERSION$|UNSUPPORTED_PROTOCOL|NO_PROTOCOLS_AVAILABLE|VERSION_TOO_(LOW|HIGH)|WRONG_SSL_VERSION/,
    NO_PROTOCOL,
  ],
  [
    /ALERT_HANDSHAKE_FAILURE$|ALERT_INSUFFICIENT_SECURITY$|NO_SHARED_CIPHER|NO_CIPHERS_AVAILABLE|UNKNOWN_CIPHER|WRONG_CIPHER/,
    'it has no cipher suite or TLS version in common with this client (ssl.cipher.suites, ssl.enabled.protocols), ' +
      'or asks for a client certificate (ssl.keystore.location)',
  ],
  [/UNRECOGNIZED_NAME$/, 'it does not know the host name that it was asked for (TLS server name)'],
  [
    /ALERT_(INTERNAL_ERROR|ILLEGAL_PARAMETER|DECODE_ERROR|BAD_RECORD_MAC|UNEXPECTED_MESSAGE|RECORD_OVERFLOW)$/,
    'it gave up the TLS handshake with an error of its own',
  ],
  [/TOO_(SMALL|WEAK)/, WEAK],
  [/WRONG_VERSION_NUMBER|HTTP_REQUEST|PACKET_LENGTH_TOO_LONG|RECORD_TOO_(SMALL|LARGE)|BAD_RECORD_TYPE/, PLAIN],
  [/CERTIFICATE_VERIFY_FAILED/, UNTRUSTED],
]

/** The reason, when the error is one of TLS; in no case OpenSSL's own text. */
export function tlsFailure(code: string): string | undefined {
  if (UNTRUSTED_CODES.has(code)) return `${UNTRUSTED} (${code})`
  const known = BY_CODE[code]
  if (known !== undefined) return known
  const [, name] = /^ERR_(?:SSL|OSSL|TLS)_(.+)$/.exec(code) ?? []
  if (name === undefined) return undefined
  return BY_NAME.find(([pattern]) => pattern.test(name))?.[1] ?? `the TLS handshake failed (${name})`
}

/** A connection that ends before the handshake does: nobody said why. */
export const ENDED_IN_HANDSHAKE =
  'it ended the connection in the TLS handshake; is it a plaintext listener (security.protocol=PLAINTEXT or SASL_PLAINTEXT)?'
