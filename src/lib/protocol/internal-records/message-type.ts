import { MalformedError } from '../../errors.ts'
import type { Reader } from '../bytes.ts'
import { compile, type Codec } from '../compile.ts'
import { bounds, within, type Fields, type Versions } from '../schema.ts'

/**
 * A message that brokers and controllers keep in a log of their own: its fields, its versions, and a codec for each of
 * them.
 */
export interface MessageType<F extends Fields = Fields> {
  readonly name: string
  readonly minVersion: number
  readonly maxVersion: number
  readonly fields: F
  isFlexible(version: number): boolean
  /** Made on first use. */
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
  const codecs: Codec<F>[] = []
  const isFlexible = (version: number): boolean => within(flexible, version)
  const codec = (version: number): Codec<F> => (codecs[version] ??= compile(fields, version, isFlexible(version)))
  return { name, minVersion, maxVersion, fields, isFlexible, codec }
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
