import { createCipheriv, createHmac, type CipherGCMTypes } from 'node:crypto'

/** Why a server turns a client away (RFC 8446, 6.2). Java has one for every certificate that it does not accept. */
export const ALERT = { handshakeFailure: 40, certificateUnknown: 46, certificateRequired: 116 } as const

const [ALERT_RECORD, APPLICATION_RECORD, FATAL] = [21, 23, 2]
const TLS_1_2 = [3, 3]
const [IV_BYTES, TAG_BYTES] = [12, 16]
/** The suites of TLS 1.3 that OpenSSL offers by itself. */
const SUITES: Readonly<Record<string, readonly [cipher: string, keyBytes: number, hash: string]>> = {
  TLS_AES_128_GCM_SHA256: ['aes-128-gcm', 16, 'sha256'],
  TLS_AES_256_GCM_SHA384: ['aes-256-gcm', 32, 'sha384'],
  TLS_CHACHA20_POLY1305_SHA256: ['chacha20-poly1305', 32, 'sha256'],
}

/**
 * The record of a fatal alert, for the stream below TLS at the end of a handshake. Node judges certificates only then,
 * and closes connections without a word. `secret` is SERVER_TRAFFIC_SECRET_0 of TLS 1.3, under which this is the first
 * record; without one it is TLS 1.2, where a server that has not yet sent its own end of the handshake speaks plainly.
 * Null for a suite that is not known.
 */
export function fatalAlert(description: number, secret: Buffer | undefined, suite: string): Buffer | null {
  const alert = [FATAL, description]
  if (!secret) return Buffer.from([ALERT_RECORD, ...TLS_1_2, 0, alert.length, ...alert])
  const known = SUITES[suite]
  if (!known) return null
  const [name, keyBytes, hash] = known
  const inner = Buffer.from([...alert, ALERT_RECORD])
  const header = Buffer.from([APPLICATION_RECORD, ...TLS_1_2, 0, inner.length + TAG_BYTES])
  // The number of the record, which would be in here, is 0.
  const [key, iv] = [expand(hash, secret, 'key', keyBytes), expand(hash, secret, 'iv', IV_BYTES)]
  const cipher = createCipheriv(name as CipherGCMTypes, key, iv, { authTagLength: TAG_BYTES }).setAAD(header)
  return Buffer.concat([header, cipher.update(inner), cipher.final(), cipher.getAuthTag()])
}

/** HKDF-Expand-Label of RFC 8446, 7.1, for no more than the hash gives at once. */
function expand(hash: string, secret: Buffer, name: string, length: number): Buffer {
  const label = `tls13 ${name}`
  const info = [0, length, label.length, ...Buffer.from(label), 0]
  return createHmac(hash, secret)
    .update(Buffer.from([...info, 1]))
    .digest()
    .subarray(0, length)
}
