import { BareBranches } from './bare-branches.ts'
import { quote } from '../jackson.ts'
import { CLOSE_ARRAY, CLOSE_OBJECT, OPEN_ARRAY, OPEN_OBJECT, type JsonCursor } from './json-cursor.ts'
import { isLatin1 } from './json-kinds.ts'
import type { Encode } from './closures.ts'
import { caughtWithin, Misfit } from './misfit.ts'
import {
  type ArrayType,
  type AvroType,
  type EnumType,
  labelOf,
  type MapType,
  type RecordType,
  type UnionType,
} from '../model/types.ts'
import { readableEncoder } from './readable.ts'
import { recordEncoder } from './record-encoder.ts'

/**
 * Closures that encode a type, made once for a schema. They take what Java's JsonEncoder writes, and beside it unions
 * without wrappers, readable logical types, fields in any order, and records without the fields that have a default.
 */
export class Encoders {
  private readonly records = new Map<RecordType, Encode>()

  of(type: AvroType): Encode {
    return readableEncoder(type, this.plain(type))
  }

  private plain(type: AvroType): Encode {
    switch (type.kind) {
      case 'null':
        return takeNull
      case 'boolean':
        return takeBoolean
      case 'int':
        return (json, out) => out.integer(int(json.integer('an int')))
      case 'long':
        return (json, out) => out.integer(long(json.integer('a long')))
      case 'float':
        return (json, out) => out.float(float(json, 'a float'))
      case 'double':
        return (json, out) => out.double(float(json, 'a double'))
      case 'string':
        return (json, out) => json.copyString(out)
      case 'bytes':
        return (json, out) => out.byteString(latin1(json, 'bytes as a string'))
      case 'fixed':
        return fixed(type.name.full, type.size)
      case 'enum':
        return symbolOf(type)
      case 'array':
        return this.array(type)
      case 'map':
        return this.map(type)
      case 'union':
        return this.union(type)
      case 'record':
        return this.records.get(type) ?? this.record(type)
    }
  }

  private array(type: ArrayType): Encode {
    const item = this.of(type.items)
    return (json, out) => {
      json.enter(OPEN_ARRAY, 'an array')
      const block = out.beginBlock()
      let count = 0
      try {
        for (; json.hasMore(CLOSE_ARRAY, count === 0); count += 1) item(json, out)
      } catch (error) {
        throw caughtWithin(error, () => `[${count}]`)
      }
      json.leave()
      out.endBlock(block, count)
    }
  }

  private map(type: MapType): Encode {
    const value = this.of(type.values)
    return (json, out) => {
      json.enter(OPEN_OBJECT, 'a map')
      const block = out.beginBlock()
      let count = 0
      let key = ''
      try {
        for (; json.hasMore(CLOSE_OBJECT, count === 0); count += 1) {
          key = json.key()
          out.string(key)
          value(json, out)
        }
      } catch (error) {
        throw caughtWithin(error, () => `[${quote(key)}]`)
      }
      json.leave()
      out.endBlock(block, count)
    }
  }

  private union(type: UnionType): Encode {
    const branches = type.branches.map((branch) => this.of(branch))
    const tokens = type.branches.map((branch) => quote(labelOf(branch)))
    const bare = new BareBranches(type)
    return (json, out) => {
      const wrapped = bare.wrapped(json)
      const index = wrapped ?? bare.bare(json)
      out.integer(index)
      if (wrapped === undefined) return branches[index]!(json, out)
      json.take(OPEN_OBJECT)
      json.takeKey(tokens[index]!)
      branches[index]!(json, out)
      if (json.hasMore(CLOSE_OBJECT, false)) throw json.unexpected('"}" after the branch of a union')
    }
  }

  private record(type: RecordType): Encode {
    const { encode, fields } = recordEncoder(type)
    // Its fields may be of this very type.
    this.records.set(type, encode)
    for (const field of type.fields) fields.push(this.of(field.type))
    return encode
  }
}

const takeNull: Encode = (json) => {
  if (!json.takeWord('null')) throw json.unexpected('null')
}

const takeBoolean: Encode = (json, out) => {
  const isTrue = json.takeWord('true')
  if (!isTrue && !json.takeWord('false')) throw json.unexpected('true or false')
  out.boolean(isTrue)
}

function int(value: number | bigint): number | bigint {
  if (value >= -(2 ** 31) && value < 2 ** 31) return value
  throw new Misfit(`${value} is beyond an int`)
}

function long(value: number | bigint): number | bigint {
  if (typeof value === 'number' || BigInt.asIntN(64, value) === value) return value
  throw new Misfit(`${value} is beyond a long`)
}

/** Names that Java's JsonDecoder takes for what is no number in JSON. */
const NOT_FINITE: ReadonlyMap<string, number> = new Map([
  ['NaN', NaN],
  ['Infinity', Infinity],
  ['INF', Infinity],
  ['-Infinity', -Infinity],
  ['-INF', -Infinity],
])

function float(json: JsonCursor, what: string): number {
  if (json.kind() !== 'string') return json.double(what)
  const text = json.string()
  const value = NOT_FINITE.get(text)
  if (value === undefined) throw new Misfit(`expected ${what}, found ${quote(text)}`)
  return value
}

function latin1(json: JsonCursor, what: string): Buffer {
  const text = json.string(what)
  if (!isLatin1(text)) throw new Misfit('each character of it is a byte, and one is beyond 00FF')
  return Buffer.from(text, 'latin1')
}

function fixed(name: string, size: number): Encode {
  return (json, out) => {
    const bytes = latin1(json, `the ${size} bytes of ${name} as a string`)
    if (bytes.length !== size) throw new Misfit(`${name} has ${size} bytes, and this is ${bytes.length}`)
    out.raw(bytes)
  }
}

function symbolOf({ name, symbols }: EnumType): Encode {
  const indexes = new Map(symbols.map((symbol, index) => [symbol, index]))
  return (json, out) => {
    const symbol = json.string(`a symbol of ${name.full}`)
    const index = indexes.get(symbol)
    if (index === undefined) throw new Misfit(`${name.full} has no symbol ${quote(symbol)}`)
    out.integer(index)
  }
}
