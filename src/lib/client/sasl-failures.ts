import { KafkaError } from '../errors.ts'
import type { Sasl } from './login.ts'

export const NO_LOGIN = 'this listener takes no login; use security.protocol=PLAINTEXT, or SSL where it speaks TLS'

/**
 * What kafkajs throws for a login that fails, as Kafka calls it and with what to look at; other errors as they are.
 * `offered` are the mechanisms that the broker has told of.
 */
export function asSaslError(error: unknown, sasl: Sasl | null, offered: readonly string[]): unknown {
  if (!(error instanceof Error) || !sasl) return error
  const { type, name, code } = error as Error & { type?: string; code?: unknown }
  if (type === 'ILLEGAL_SASL_STATE') return new KafkaError(type, NO_LOGIN)
  const isKafkajs = name === 'KafkaJSSASLAuthenticationError'
  if (type === 'UNSUPPORTED_SASL_MECHANISM' || (isKafkajs && error.message.includes('not supported by the server'))) {
    const others = offered.length > 0 ? `it offers ${offered.join(', ')}` : 'it does not say what it offers'
    return new KafkaError('UNSUPPORTED_SASL_MECHANISM', `it does not take sasl.mechanism=${sasl.mechanism}; ${others}`)
  }
  const isRefused = isKafkajs || type === 'SASL_AUTHENTICATION_FAILED' || code === 'SASL_AUTHENTICATION_FAILED'
  return isRefused ? new KafkaError('SASL_AUTHENTICATION_FAILED', sentenceOf(error.message, sasl)) : error
}

/** Nothing that is secret: of a user his name, of a token nothing. */
function sentenceOf(message: string, sasl: Sasl): string {
  const { mechanism, origin } = sasl
  // kafkajs puts before the broker's own words what stands here anyway.
  const words = message.replace(/^SASL [\w -]+ authentication failed: /, '')
  const said = words === '' ? '' : `: ${words}`
  return sasl.mechanism === 'OAUTHBEARER'
    ? `it refuses the token of ${origin} (${mechanism})${said}`
    : `it refuses user ${sasl.username} (${mechanism}), look at ${origin}${said}`
}
