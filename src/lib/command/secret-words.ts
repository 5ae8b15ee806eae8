/** In an option, or in the name of a property, that a secret follows. Not one pattern: each start would compile it. */
const BEFORE_SECRETS = [
  'passw',
  'passphrase',
  'secret',
  'sasl.jaas',
  'token.command',
  'keystore.key',
  'keystore.certificate',
  'truststore.certificates',
  'basic.auth',
  'bearer.auth',
  'user.info',
  'authorization',
]

/** Whether there may be a secret in a command line, which everybody may read of a process. */
export const mayHoldSecrets = (words: readonly string[]): boolean =>
  words.some((word) => mayHoldSecret(word.toLowerCase()))

const mayHoldSecret = (word: string): boolean =>
  word === '--user' ||
  word.startsWith('--user=') ||
  BEFORE_SECRETS.some((part) => word.includes(part)) ||
  // A name and password in an address.
  (word.includes('://') && /:\/\/[^/]+@/.test(word))
