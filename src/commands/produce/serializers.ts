import { UserError } from '../../lib/errors.ts'
import { LineError } from './line-parser.ts'

const PACKAGE = 'org.apache.kafka.common.serialization.'

/** Text as bytes. Throws LineError for text that is no such value. */
export type Serializer = (text: string) => Buffer

const SERIALIZERS: Readonly<Record<string, Serializer>> = {
  StringSerializer: (text) => Buffer.from(text),
  ShortSerializer: (text) => {
    const bytes = Buffer.alloc(2)
    bytes.writeInt16BE(Number(integer(text, 16)))
    return bytes
  },
  IntegerSerializer: (text) => {
    const bytes = Buffer.alloc(4)
    bytes.writeInt32BE(Number(integer(text, 32)))
    return bytes
  },
  LongSerializer: (text) => {
    const bytes = Buffer.alloc(8)
    bytes.writeBigInt64BE(integer(text, 64))
    return bytes
  },
}

function integer(text: string, bits: number): bigint {
  const value = /^[+-]?\d{1,19}$/.test(text) ? BigInt(text.replace('+', '')) : undefined
  if (value !== undefined && BigInt.asIntN(bits, value) === value) return value
  throw new LineError(`the key "${text}" is no whole number of ${bits} bits`)
}

/** By the name of its Java class. Throws UserError for one that kts has no twin of. */
export function serializerOf(className: string | undefined): Serializer | undefined {
  if (className === undefined) return undefined
  const name = className.trim().startsWith(PACKAGE) ? className.trim().slice(PACKAGE.length) : className.trim()
  if (Object.hasOwn(SERIALIZERS, name)) return SERIALIZERS[name]
  throw new UserError(`key.serializer=${className} is not known; known are ${Object.keys(SERIALIZERS).join(', ')}`)
}
