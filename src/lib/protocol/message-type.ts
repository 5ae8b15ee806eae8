import { MalformedError } from '../errors.ts'
import type { Reader } from './bytes.ts'
import { codecs, type Codec } from './compile.ts'
import { bounds, within, type Fields, type Versions } from './schema.ts'

/** A message outside requests and responses, such as a record of an internal topic. */
export interface MessageType<F extends Fields = Fields> {
  readonly name: string
  readonly minVersion: number
  readonly maxVersion: number
  readonly fields: F
  isFlexible(version: number): boolean
  codec(version: number): Codec<F>
}

/** A message as it was read. */
export interface StoredMessage {
  readonly type: MessageType
  readonly version: number
  readonly values: Readonly<Record<string, unknown>>
}

export function messageType<F extends Fields>(
  name: string,
  versions: Versions,
  flexible: Versions,
  fields: F,
): MessageType<F> {
  const [minVersion, maxVersion] = bounds(versions)
  const isFlexible = (version: number): boolean => within(flexible, version)
  return { name, minVersion, maxVersion, fields, isFlexible, codec: codecs(fields, flexible) }
}

/** Whether Kafka 4.3 knows the version. */
export const isKnown = ({ minVersion, maxVersion }: MessageType, version: number): boolean =>
  version >= minVersion && version <= maxVersion

/** Throws MalformedError for bytes that do not hold it, and for a version that is not known. */
export function readMessage(type: MessageType, version: number, reader: Reader): StoredMessage {
  if (!isKnown(type, version))
    throw new MalformedError(`Version ${version} of ${type.name} is not known, the latest is ${type.maxVersion}.`)
  return { type, version, values: type.codec(version).read(reader) }
}
