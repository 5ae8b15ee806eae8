// What is tried with secured listeners, as data: which client speaks which mechanism, the secrets that it comes with,
// what it says itself of each wrong one, and what the broker logs of it.

import { mechanismsKcatLacks } from './kcat.mjs'

const PASSWORDS = ['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512']
const LOGINS = [...PASSWORDS, 'OAUTHBEARER']
/** How a client shows who it is; with the last it does not. */
export const MECHANISMS = [...LOGINS, 'client certificate', 'no login']

/** As whom nobody is known, and the topic of such. */
export const ANONYMOUS = 'anonymous'

/** Listeners of one broker, by name. */
export const LISTENERS = {
  SASL_PLAINTEXT: { protocol: 'SASL_PLAINTEXT', mechanisms: LOGINS },
  SASL_SSL: { protocol: 'SASL_SSL', mechanisms: LOGINS },
  SSL: { protocol: 'SSL', mechanisms: ['no login'] },
  MUTUAL: { protocol: 'SSL', mechanisms: ['client certificate'], settings: { 'ssl.client.auth': 'required' } },
  TOKENS: { protocol: 'SASL_PLAINTEXT', mechanisms: [], settings: { 'sasl.enabled.mechanisms': 'OAUTHBEARER' } },
}

/**
 * Right and wrong secrets: `change` is what is other than right, `error` the kind of error that the client has for it,
 * `reason` what the broker logs, if it hears of it. It is tried where the mechanism is offered, or at some of these
 * `listeners`.
 */
export const CASES = [
  { name: 'the right secret', mechanisms: MECHANISMS },
  {
    name: 'a wrong password',
    mechanisms: PASSWORDS,
    change: { password: 'wrong-password' },
    error: 'login',
    reason: ({ mechanism, user }) => `${mechanism}: wrong password of user "${user}"`,
  },
  {
    name: 'an unknown user',
    mechanisms: PASSWORDS,
    change: ({ user }) => ({ user: `stranger-${user}` }),
    error: 'login',
    reason: ({ mechanism, user }) => `${mechanism}: there is no user "${user}"`,
  },
  {
    name: 'a mechanism that is not offered',
    mechanisms: PASSWORDS,
    isNotOffered: true,
    error: 'mechanism',
    reason: ({ mechanism }) => `it asks for "${mechanism}", the mechanisms are OAUTHBEARER`,
  },
  {
    name: 'an expired token',
    mechanisms: ['OAUTHBEARER'],
    change: { token: 'expired' },
    error: 'token',
    reason: () => 'OAUTHBEARER: the token does not hold: "exp" claim',
  },
  {
    name: 'a token with the signature of another',
    mechanisms: ['OAUTHBEARER'],
    change: { token: 'forged' },
    error: 'token',
    reason: () => 'OAUTHBEARER: the token does not hold: signature',
  },
  {
    name: 'trust in another authority',
    mechanisms: ['PLAIN', 'no login'],
    listeners: ['SASL_SSL', 'SSL'],
    change: { authority: 'foreign' },
    error: 'authority',
    reason: () =>
      '(it does not trust|it goes away during the TLS handshake; does it trust) the certificate of this broker',
  },
  {
    name: 'a certificate of another authority',
    mechanisms: ['client certificate'],
    change: { identity: 'foreign' },
    error: 'certificate',
    // Java and Go show no certificate of an authority that the broker has not named.
    reason: () => 'its certificate is not from an authority in ssl.truststore|it shows no certificate',
  },
  {
    name: 'no certificate',
    mechanisms: ['client certificate'],
    change: { identity: null },
    error: 'certificate',
    reason: () => 'it shows no certificate, and ssl.client.auth is required',
  },
  {
    name: 'the topic of another',
    mechanisms: [...LOGINS, 'client certificate'],
    listeners: ['SASL_PLAINTEXT', 'MUTUAL'],
    change: { topic: ANONYMOUS },
    error: 'rights',
  },
]

/** What each client says of a wrong secret; which mechanisms it `lacks`, with the reason. */
export const CLIENTS = [
  {
    id: 'java',
    name: 'kafka-clients (Java)',
    errors: {
      login: /^SaslAuthenticationException: /,
      token: /^SaslAuthenticationException: /,
      mechanism: /^UnsupportedSaslMechanismException: /,
      authority: /^SslAuthenticationException: /,
      certificate: /^SslAuthenticationException: /,
      rights: /^TopicAuthorizationException: /,
    },
  },
  {
    id: 'confluent',
    name: 'confluent-kafka (librdkafka)',
    errors: {
      login: /^_AUTHENTICATION: /,
      token: /^_AUTHENTICATION: /,
      mechanism: /^_AUTHENTICATION: /,
      authority: /^_SSL: /,
      certificate: /alert certificate (unknown|required)/,
      rights: /^TOPIC_AUTHORIZATION_FAILED: /,
    },
  },
  {
    id: 'kcat',
    name: 'kcat (librdkafka)',
    lacks: mechanismsKcatLacks,
    errors: {
      login: /Local: Authentication failure/,
      token: /Local: Authentication failure|Must supply an unexpired token/,
      mechanism: /Local: Authentication failure/,
      authority: /Local: SSL error/,
      certificate: /alert certificate (unknown|required)/,
      rights: /Broker: Topic authorization failed/,
    },
  },
  {
    id: 'kafka-python',
    name: 'kafka-python',
    errors: {
      login: /SaslAuthenticationFailedError: /,
      token: /SaslAuthenticationFailedError: /,
      mechanism: /UnsupportedSaslMechanismError/,
      authority: /certificate verify failed/i,
      certificate: /alert certificate (unknown|required)/i,
      rights: /TopicAuthorizationFailedError: /,
    },
  },
  {
    id: 'kafkajs',
    name: 'kafkajs',
    errors: {
      login: /^KafkaJSSASLAuthenticationError: /,
      // It takes any answer to a token for a login, and goes on.
      token: /Closed connection/,
      mechanism: /UNSUPPORTED_SASL_MECHANISM/,
      authority: /Connection error: self-signed certificate in certificate chain/,
      certificate: /Connection error: .*alert certificate (unknown|required)/,
      rights: /Topic authorization failed/,
    },
  },
  {
    id: 'sarama',
    name: 'Sarama (Go)',
    errors: {
      login: /SASL Authentication failed/,
      token: /SASL Authentication failed/,
      mechanism: /SASL mechanism/,
      authority: /x509: certificate signed by unknown authority/,
      certificate: /remote error: tls: /,
      rights: /not authorized to access this topic/,
    },
  },
]

/** Every attempt of a client with a mechanism. Who does not log in has the rights of nobody, and another topic. */
export function attemptsOf(client, mechanism) {
  const user = mechanism === 'no login' ? ANONYMOUS : client.id
  const right = { user, topic: user, password: passwordOf(user), token: 'right', authority: 'right', identity: 'right' }
  return CASES.filter(({ mechanisms }) => mechanisms.includes(mechanism)).flatMap((each) => {
    const change = typeof each.change === 'function' ? each.change(right) : each.change
    return placesOf(each, mechanism).map((listener) => {
      const { protocol } = LISTENERS[listener]
      return { case: each, listener, protocol, mechanism, ...right, ...change }
    })
  })
}

function placesOf({ listeners, isNotOffered }, mechanism) {
  if (isNotOffered) return ['TOKENS']
  const offering = Object.keys(LISTENERS).filter((name) => LISTENERS[name].mechanisms.includes(mechanism))
  return offering.filter((name) => listeners?.includes(name) ?? true)
}

export const passwordOf = (user) => `${user}-secret`
export const topicOf = (user) => `secured-${user}`
