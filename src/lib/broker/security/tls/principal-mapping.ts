import { UserError } from '../../../errors.ts'
import { javaRegexWithin } from '../../../java/pattern.ts'

/** `DEFAULT`, or `RULE:pattern/replacement/` with L or U behind it, between commas (SslPrincipalMapper). */
const RULE = /\s*(?:(DEFAULT)|RULE:((?:\\.|[^\\/])*)\/((?:\\.|[^\\/])*)\/([LU]?))\s*(?:,|$)/y

/** The name that a certificate's subject stands for, null where no rule applies. */
export type PrincipalMapping = (subject: string) => string | null

/** Reads `ssl.principal.mapping.rules`. Throws UserError. */
export function parsePrincipalMapping(text: string): PrincipalMapping {
  const rules: PrincipalMapping[] = []
  const trimmed = text.trim()
  for (RULE.lastIndex = 0; RULE.lastIndex < trimmed.length; ) {
    const from = RULE.lastIndex
    const [, isDefault, pattern, replacement, letters] = RULE.exec(trimmed) ?? []
    if (isDefault) rules.push((subject) => subject)
    else if (pattern !== undefined) rules.push(ruleOf(pattern, replacement!, letters!))
    else
      throw new UserError(
        `ssl.principal.mapping.rules: ${trimmed.slice(from)} is not DEFAULT or RULE:pattern/replacement/`,
      )
  }
  return (subject) => {
    for (const rule of rules) {
      const name = rule(subject)
      if (name !== null) return name
    }
    return null
  }
}

function ruleOf(pattern: string, replacement: string, letters: string): PrincipalMapping {
  const regex = regexOf(pattern)
  return (subject) => {
    const groups = regex.exec(subject)
    if (!groups) return null
    const name = fill(replacement, groups)
    return letters === 'L' ? name.toLowerCase() : letters === 'U' ? name.toUpperCase() : name
  }
}

function regexOf(pattern: string): RegExp {
  try {
    return new RegExp(`^(?:${javaRegexWithin(pattern).source})$`)
  } catch (error) {
    throw new UserError(`ssl.principal.mapping.rules: ${pattern}: ${(error as Error).message}`)
  }
}

/** `$12` is group 12, or 1 and a 2 where there are no twelve; what there is no group for stands for itself. */
const fill = (replacement: string, groups: RegExpExecArray): string =>
  replacement.replace(/\\(.)|\$(\d+)/g, (whole, escapedLetter: string | undefined, digits: string | undefined) => {
    if (digits === undefined) return escapedLetter!
    for (let length = digits.length; length > 0; length -= 1) {
      const index = Number(digits.slice(0, length))
      if (index < groups.length) return (groups[index] ?? '') + digits.slice(length)
    }
    return whole
  })
