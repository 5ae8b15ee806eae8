import { UserError } from '../../lib/errors.ts'

/** `User:alice` each, without those that have no value. Throws UserError. */
export function readPrincipals(texts: readonly (string | true)[]): string[] {
  return [...new Set(texts.filter((text) => text !== true).map(readPrincipal))]
}

function readPrincipal(text: string): string {
  const principal = text.trim()
  if (!principal.includes(':')) throw new UserError(`"${text}" is no principal: it is like User:alice`)
  return principal
}
