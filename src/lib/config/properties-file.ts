import { UserError } from '../errors.ts'
import { readLatin1 } from '../files.ts'
import { parseProperties, PropertiesError } from '../properties.ts'

/** Reads a Java properties file, in Latin-1 as Java does. Throws UserError when it cannot be read or understood. */
export function readPropertiesFile(path: string, cwd: string): Map<string, string> {
  try {
    return parseProperties(readLatin1(path, { cwd }))
  } catch (error) {
    throw error instanceof PropertiesError ? new UserError(`${path} is not a properties file: ${error.message}`) : error
  }
}
