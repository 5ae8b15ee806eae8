import { isAbsolute } from 'node:path'
import { javaRegexWithin } from '../../../lib/java/pattern.ts'
import { withPattern } from '../../../lib/regex/matcher.ts'
import { UserError } from '../../../lib/errors.ts'
import { readBytes } from '../../../lib/files.ts'

/** The path as Apache's tool shows it: from the root on, and otherwise as it was given. */
export function shownPath(path: string, cwd: string): string {
  return isAbsolute(path) ? path : `${cwd}/${path}`
}

/** Throws UserError when the file cannot be read or is empty, or the delimiter is no regular expression. */
export function readPayloads(path: string, delimiter: string): Buffer[] {
  const pattern = javaRegexWithin(delimiter)
  // Data, not a setting: what is no text becomes what Java makes of it.
  const text = readBytes(path, { before: '--payload-file ' }).toString()
  if (text === '') throw new UserError(`--payload-file ${path} is empty`)
  return withPattern(pattern, text, () => divide(text, pattern), `--payload-delimiter ${delimiter}`).map((payload) =>
    Buffer.from(payload),
  )
}

/** Divides as java.util.Scanner does: a delimiter at the beginning or at the end has no empty payload beyond it. */
function divide(text: string, delimiter: RegExp): string[] {
  const payloads: string[] = []
  let from = 0
  for (const match of text.matchAll(delimiter)) {
    if (match[0] === '' && (match.index === 0 || match.index === text.length)) continue
    if (match.index + match[0].length > 0 && match.index > 0) payloads.push(text.slice(from, match.index))
    from = match.index + match[0].length
  }
  if (from < text.length) payloads.push(text.slice(from))
  return payloads
}
