/** The claims of a token that is a JWT (RFC 7519), unchecked; null for a token of any other kind. */
export function readClaims(token: string): Readonly<Record<string, unknown>> | null {
  const [, payload, signature, ...rest] = token.split('.')
  if (payload === undefined || signature === undefined || rest.length > 0) return null
  try {
    const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString())
    return typeof claims === 'object' && claims !== null && !Array.isArray(claims)
      ? (claims as Readonly<Record<string, unknown>>)
      : null
  } catch {
    return null
  }
}

/** A token without a signature, for tests (RFC 7515, appendix A.5). */
export function unsecuredToken(claims: Readonly<Record<string, unknown>>): string {
  const encode = (part: unknown): string => Buffer.from(JSON.stringify(part)).toString('base64url')
  return `${encode({ alg: 'none' })}.${encode(claims)}.`
}
