import { createHash, createHmac, pbkdf2Sync, randomBytes } from 'node:crypto'

/** The arithmetic of SCRAM (RFC 5802), which both sides do. */

export const SCRAM_NAMES = ['SCRAM-SHA-256', 'SCRAM-SHA-512'] as const
export type ScramName = (typeof SCRAM_NAMES)[number]

/** No server of Kafka's takes less (ScramMechanism). */
export const MIN_ITERATIONS = 4096

export const scramHash = (mechanism: ScramName): 'sha256' | 'sha512' =>
  mechanism === 'SCRAM-SHA-256' ? 'sha256' : 'sha512'

export const newNonce = (): string => randomBytes(24).toString('base64')

export const saltPassword = (mechanism: ScramName, password: string, salt: Buffer, iterations: number): Buffer => {
  const hash = scramHash(mechanism)
  return pbkdf2Sync(password, salt, iterations, createHash(hash).digest().length, hash)
}

export const hmac = (mechanism: ScramName, key: Buffer, text: string): Buffer =>
  createHmac(scramHash(mechanism), key).update(text).digest()

export const digest = (mechanism: ScramName, bytes: Buffer): Buffer =>
  createHash(scramHash(mechanism)).update(bytes).digest()

/** Of two of the same length. */
export const xor = (left: Buffer, right: Buffer): Buffer => Buffer.from(left.map((byte, index) => byte ^ right[index]!))

/** A user's name, in which `,` and `=` divide (saslname). */
export const toSaslName = (name: string): string => name.replaceAll('=', '=3D').replaceAll(',', '=2C')
export const fromSaslName = (name: string): string => name.replaceAll('=2C', ',').replaceAll('=3D', '=')
