import { UserError } from '../../lib/errors.ts'
import { decoderFor } from '../../lib/java/charsets.ts'
import { javaDouble, javaFloat } from '../../lib/java/number.ts'

/**
 * Bytes of a key, a value or a header as text, or as other bytes. Throws UserError for bytes that are no value of its
 * type.
 */
export type Deserializer = (bytes: Buffer) => string | Buffer

/** Properties of a deserializer, without the prefix that names it among those of the formatter. */
export type DeserializerProperties = ReadonlyMap<string, string>

type Maker = (properties: DeserializerProperties, isKey: boolean) => Deserializer

const PACKAGE = 'org.apache.kafka.common.serialization.'

const MAKERS: Readonly<Record<string, Maker>> = {
  StringDeserializer: (properties, isKey) => textDecoder(properties, isKey),
  ByteArrayDeserializer: () => (bytes) => bytes,
  BytesDeserializer: () => escapeBytes,
  ByteBufferDeserializer:
    () =>
    ({ length }) =>
      `java.nio.HeapByteBuffer[pos=0 lim=${length} cap=${length}]`,
  ShortDeserializer: () => sized('ShortDeserializer', 2, (bytes) => String(bytes.readInt16BE())),
  IntegerDeserializer: () => sized('IntegerDeserializer', 4, (bytes) => String(bytes.readInt32BE())),
  LongDeserializer: () => sized('LongDeserializer', 8, (bytes) => String(bytes.readBigInt64BE())),
  FloatDeserializer: () => sized('FloatDeserializer', 4, (bytes) => javaFloat(bytes.readFloatBE())),
  DoubleDeserializer: () => sized('DoubleDeserializer', 8, (bytes) => javaDouble(bytes.readDoubleBE())),
  BooleanDeserializer: () => sized('BooleanDeserializer', 1, readBoolean),
  UUIDDeserializer: (properties, isKey) => {
    const decode = textDecoder(properties, isKey)
    return (bytes) => readUuid(decode(bytes))
  },
  VoidDeserializer: () => () => {
    throw new UserError('VoidDeserializer takes no data at all')
  },
}

/**
 * A deserializer by the name of its Java class. The package may be left out.
 * Throws UserError for a class that kts has no twin of, or for a charset that it does not know.
 */
export function makeDeserializer(className: string, properties: DeserializerProperties, isKey: boolean): Deserializer {
  const name = className.trim().startsWith(PACKAGE) ? className.trim().slice(PACKAGE.length) : className.trim()
  const make = Object.hasOwn(MAKERS, name) ? MAKERS[name] : undefined
  if (!make) throw new UserError(`Unknown deserializer ${className}; known are ${Object.keys(MAKERS).join(', ')}`)
  return make(properties, isKey)
}

/** The property for its place (key or value) goes before the general one, as in Java's StringDeserializer. */
function textDecoder(properties: DeserializerProperties, isKey: boolean): (bytes: Buffer) => string {
  const charset =
    properties.get(isKey ? 'key.deserializer.encoding' : 'value.deserializer.encoding') ??
    properties.get('deserializer.encoding') ??
    'UTF-8'
  const decode = decoderFor(charset)
  if (!decode) throw new UserError(`Unsupported encoding ${charset}`)
  return decode
}

function sized(name: string, size: number, read: (bytes: Buffer) => string): Deserializer {
  return (bytes) => {
    if (bytes.length !== size)
      throw new UserError(`${name} wants ${size} byte${size === 1 ? '' : 's'}, not ${bytes.length}`)
    return read(bytes)
  }
}

function readBoolean(bytes: Buffer): string {
  if (bytes[0]! > 1) throw new UserError(`BooleanDeserializer wants 0 or 1, not ${bytes.readInt8()}`)
  return bytes[0] === 1 ? 'true' : 'false'
}

/** As java.util.UUID.fromString: five hexadecimal numbers, each of which may have fewer digits than its place. */
function readUuid(text: string): string {
  const parts = text.split('-')
  const widths = [8, 4, 4, 4, 12]
  const isUuid = text.length <= 36 && parts.length === 5 && parts.every((part) => /^[0-9a-f]{1,16}$/i.test(part))
  if (!isUuid) throw new UserError(`UUIDDeserializer cannot read "${text.slice(0, 50)}"`)
  return parts.map((part, index) => part.toLowerCase().padStart(widths[index]!, '0').slice(-widths[index]!)).join('-')
}

/** As org.apache.kafka.common.utils.Bytes.toString: what is not printable ASCII, and the backslash, becomes \xNN. */
function escapeBytes(bytes: Buffer): string {
  return bytes
    .toString('latin1')
    .replace(/[^ -[\]-~]/g, (char) => `\\x${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`)
}
