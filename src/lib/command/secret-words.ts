/** An option, or a part of the name of a property, that a secret follows; a name and password in an address. */
const BEFORE_SECRETS =
  /^--user(=|$)|passw|passphrase|secret|sasl\.jaas|token\.command|keystore\.(key|certificate)|truststore\.certificates|(basic|bearer)\.auth|user\.info|authorization|:\/\/[^/]+@/i

/** Whether there may be a secret in a command line, which everybody may read of a process. */
export const mayHoldSecrets = (words: readonly string[]): boolean => words.some((word) => BEFORE_SECRETS.test(word))
