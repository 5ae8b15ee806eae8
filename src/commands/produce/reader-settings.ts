import type { Context } from '../../lib/command/define.ts'
import { readPropertiesFile } from '../../lib/config/properties-file.ts'
import { UserError } from '../../lib/errors.ts'
import type { ProduceValues } from './options.ts'
import { keyValues } from './producer-settings.ts'

/** How a line is cut into headers, key and value (LineMessageReader). Separators are bytes, compared as they are. */
export interface ReaderSettings {
  readonly parseKey: boolean
  readonly keySeparator: Buffer
  readonly parseHeaders: boolean
  readonly headersDelimiter: Buffer
  /** A global regular expression, as in Java. */
  readonly headersSeparator: RegExp
  readonly headersKeySeparator: string
  /** A missing separator is no error: the line goes without that part. */
  readonly ignoreError: boolean
  /** Text that stands for null. */
  readonly nullMarker: string | undefined
}

/**
 * Throws UserError when two separators are equal or one is no regular expression. Names that mean nothing are ignored,
 * as Apache does.
 */
export function parseReaderSettings(properties: ReadonlyMap<string, string>): ReaderSettings {
  const isOn = (name: string): boolean => properties.get(name)?.trim().toLowerCase() === 'true'
  const key = properties.get('key.separator') ?? '\t'
  const delimiter = properties.get('headers.delimiter') ?? '\t'
  const separator = properties.get('headers.separator') ?? ','
  const headerKey = properties.get('headers.key.separator') ?? ':'
  const nullMarker = properties.get('null.marker')
  refuseEqual(['headers.delimiter', delimiter], ['headers.separator', separator])
  refuseEqual(['headers.delimiter', delimiter], ['headers.key.separator', headerKey])
  refuseEqual(['headers.separator', separator], ['headers.key.separator', headerKey])
  refuseEqual(['null.marker', nullMarker], ['key.separator', key])
  refuseEqual(['null.marker', nullMarker], ['headers.separator', separator])
  refuseEqual(['null.marker', nullMarker], ['headers.delimiter', delimiter])
  refuseEqual(['null.marker', nullMarker], ['headers.key.separator', headerKey])
  return {
    parseKey: isOn('parse.key'),
    keySeparator: Buffer.from(key),
    parseHeaders: isOn('parse.headers'),
    headersDelimiter: Buffer.from(delimiter),
    headersSeparator: toRegExp(separator),
    headersKeySeparator: headerKey,
    ignoreError: isOn('ignore.error'),
    nullMarker,
  }
}

function refuseEqual([name, value]: [string, string | undefined], [otherName, otherValue]: [string, string]): void {
  if (value === otherValue) throw new UserError(`${name} and ${otherName} may not be equal`)
}

function toRegExp(pattern: string): RegExp {
  try {
    return new RegExp(pattern, 'gu')
  } catch {
    throw new UserError(`headers.separator "${pattern}" is not a regular expression`)
  }
}

/** Properties of the reader: the file, then the command line over it. Throws UserError. */
export function readerProperties(values: ProduceValues, context: Context): Map<string, string> {
  const file = values.readerConfig === undefined ? [] : readPropertiesFile(values.readerConfig, context.cwd)
  const given = keyValues([...values.readerProperty, ...values.property], 'reader-property', context)
  const properties = new Map([...file, ...given])
  if (values.keySeparator === undefined) return properties
  const known = ['parse.key', 'key.separator'].find((name) => properties.has(name))
  if (known !== undefined) throw new UserError(`--key-separator stands for ${known}: give one of them`)
  return properties.set('parse.key', 'true').set('key.separator', values.keySeparator.replaceAll('\\t', '\t'))
}
