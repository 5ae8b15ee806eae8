import { parseRe2 } from '../../protocol/re2/parse.ts'
import { Re2SyntaxError } from '../../protocol/re2/syntax.ts'

/** Why brokers refuse an expression as the subscription of a group (KIP-848: RE2's syntax); null when they take it. */
export function re2Refusal(pattern: string): string | null {
  try {
    parseRe2(pattern)
    return null
  } catch (error) {
    if (error instanceof Re2SyntaxError) return error.message
    throw error
  }
}
