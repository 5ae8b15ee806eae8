import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { UserError } from '../../lib/errors.ts'

interface Given {
  readonly user: readonly string[]
  readonly usersFile?: string | undefined
}

/** Passwords by name; undefined where nobody logs in. Throws UserError, which shows no password. */
export function readUsers({ user, usersFile }: Given, cwd: string): Map<string, string> | undefined {
  const lines = [...user.map((line) => ['--user', line] as const), ...linesOf(usersFile, cwd)]
  if (lines.length === 0) return undefined
  return new Map(
    lines.map(([origin, line]) => {
      const colon = line.indexOf(':')
      if (colon <= 0 || colon === line.length - 1) throw new UserError(`${origin}: write NAME:PASSWORD`)
      return [line.slice(0, colon), line.slice(colon + 1)]
    }),
  )
}

function linesOf(file: string | undefined, cwd: string): (readonly [origin: string, line: string])[] {
  if (file === undefined) return []
  let text: string
  try {
    text = readFileSync(resolve(cwd, file), 'utf8')
  } catch (error) {
    throw new UserError(`--users-file ${file} cannot be read: ${(error as Error).message}`)
  }
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== '' && !line.startsWith('#'))
  return lines.map((line) => [`--users-file ${file}`, line] as const)
}
