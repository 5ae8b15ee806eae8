import type { BearerTokens } from '../security/oauth/open-tokens.ts'

/** Who a client is, for SASL. */
export type Sasl = Password | OAuthBearer

export interface Password {
  readonly mechanism: 'PLAIN' | 'SCRAM-SHA-256' | 'SCRAM-SHA-512'
  readonly username: string
  readonly password: string
  /** Where it was named, for messages: `sasl.jaas.config`. */
  readonly origin: string
}

export interface OAuthBearer extends BearerTokens {
  readonly mechanism: 'OAUTHBEARER'
}
