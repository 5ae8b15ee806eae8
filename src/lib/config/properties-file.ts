import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { UserError } from '../errors.ts'
import { parseProperties, PropertiesError } from '../properties.ts'

/** Reads a Java properties file, in Latin-1 as Java does. Throws UserError when it cannot be read or understood. */
export function readPropertiesFile(path: string, cwd: string): Map<string, string> {
  try {
    return parseProperties(readFileSync(resolve(cwd, path), 'latin1'))
  } catch (error) {
    if (error instanceof PropertiesError) throw new UserError(`${path} is not a properties file: ${error.message}`)
    throw new UserError(`${path} cannot be read: ${reason(error as NodeJS.ErrnoException)}`)
  }
}

function reason({ code, message }: NodeJS.ErrnoException): string {
  const known: Partial<Record<string, string>> = { ENOENT: 'there is no such file', EACCES: 'permission denied', EISDIR: 'it is a folder' }
  return known[code ?? ''] ?? message
}
