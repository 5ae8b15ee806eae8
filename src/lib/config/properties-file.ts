import { UserError } from '../errors.ts'
import { readLatin1 } from '../files.ts'
import { parseProperties, PropertiesError } from '../properties.ts'

/** A properties file that cannot be read or understood. */
export class UnreadableFile extends UserError {}

/** Reads a Java properties file, in Latin-1 as Java does. Throws UnreadableFile. */
export function readPropertiesFile(path: string, cwd: string): Map<string, string> {
  try {
    return parseProperties(readLatin1(path, { cwd }))
  } catch (error) {
    if (error instanceof PropertiesError) throw new UnreadableFile(`${path} is not a properties file: ${error.message}`)
    throw error instanceof UserError ? new UnreadableFile(error.message) : error
  }
}
