import { doubleText, floatText, quote, quoteLatin1 } from '../jackson.ts'
import {
  type ArrayType,
  type AvroType,
  labelOf,
  type MapType,
  type RecordType,
  type UnionType,
} from '../model/types.ts'
import { BareBranches } from './bare-branches.ts'
import type { BinaryInput } from './binary-input.ts'
import type { Decode } from './closures.ts'
import { leastBytes } from './least-bytes.ts'
import { Literal } from '../../json-bytes.ts'
import { caughtWithin, Misfit } from './misfit.ts'
import { readableDecoder } from './readable.ts'

const COMMA = 0x2c
const COLON = 0x3a
const OPEN_ARRAY = 0x5b
const CLOSE_ARRAY = 0x5d
const OPEN_OBJECT = 0x7b
const CLOSE_OBJECT = 0x7d
const NULL = new Literal('null')
const TRUE = new Literal('true')
const FALSE = new Literal('false')

/** What most fields are, which a record writes itself: a call into the unknown costs as much as the value. */
const BY_CLOSURE = 0
const STRING = 1
const LONG = 2
const INT = 3
const DIRECT: Readonly<Partial<Record<AvroType['kind'], number>>> = { string: STRING, long: LONG, int: INT }

/** Closures that decode a type, made once for a schema; `isReadable` is CodecTarget.readable. */
export class Decoders {
  private readonly records = new Map<RecordType, Decode>()

  constructor(private readonly isReadable: boolean) {}

  of(type: AvroType): Decode {
    return (this.isReadable ? readableDecoder(type) : undefined) ?? this.plain(type)
  }

  private plain(type: AvroType): Decode {
    switch (type.kind) {
      case 'null':
        return (_, json) => json.literal(NULL)
      case 'boolean':
        return (input, json) => json.literal(input.boolean() ? TRUE : FALSE)
      case 'int':
        return (input, json) => json.integer(input.int())
      case 'long':
        return (input, json) => json.integer(input.long())
      case 'float':
        return (input, json) => json.text(floatText(input.float()))
      case 'double':
        return writeDouble
      case 'string':
        return (input, json) => input.string(json)
      case 'bytes':
        return (input, json) => json.text(quoteLatin1(input.byteString()))
      case 'fixed':
        return (input, json) => json.text(quoteLatin1(input.fixed(type.size)))
      case 'enum':
        return oneOf(type.symbols)
      case 'array':
        return this.array(type)
      case 'map':
        return this.map(type)
      case 'union':
        return this.isReadable ? this.bareUnion(type) : this.union(type)
      case 'record':
        return this.records.get(type) ?? this.record(type)
    }
  }

  private record(type: RecordType): Decode {
    const names = type.fields.map(({ name }) => name)
    const keys = names.map((name, index) => new Literal(`${index === 0 ? '{' : ','}${quote(name)}:`))
    const end = new Literal(names.length === 0 ? '{}' : '}')
    const kinds = Uint8Array.from(type.fields, (field) => this.directKind(field.type))
    const fields: Decode[] = []
    const decode: Decode = (input, json) => {
      input.enter()
      let index = 0
      try {
        for (; index < keys.length; index += 1) {
          json.literal(keys[index]!)
          const kind = kinds[index]
          if (kind === STRING) input.string(json)
          else if (kind === LONG) json.integer(input.long())
          else if (kind === INT) json.integer(input.int())
          else fields[index]!(input, json)
        }
      } catch (error) {
        throw caughtWithin(error, () => `.${names[index]}`)
      }
      json.literal(end)
      input.leave()
    }
    // Its fields may be of this very type.
    this.records.set(type, decode)
    for (const field of type.fields) fields.push(this.of(field.type))
    return decode
  }

  private directKind(type: AvroType): number {
    if (this.isReadable && readableDecoder(type) !== undefined) return BY_CLOSURE
    return DIRECT[type.kind] ?? BY_CLOSURE
  }

  private array(type: ArrayType): Decode {
    const item = this.of(type.items)
    const least = leastBytes(type.items)
    return (input, json) => {
      input.enter()
      json.byte(OPEN_ARRAY)
      let index = 0
      try {
        for (let left = input.blockCount(least); left > 0; left = input.blockCount(least)) {
          for (; left > 0; left -= 1) {
            if (index > 0) json.byte(COMMA)
            item(input, json)
            index += 1
          }
        }
      } catch (error) {
        throw caughtWithin(error, () => `[${index}]`)
      }
      json.byte(CLOSE_ARRAY)
      input.leave()
    }
  }

  private map(type: MapType): Decode {
    const value = this.of(type.values)
    const least = 1 + leastBytes(type.values)
    return (input, json) => {
      input.enter()
      json.byte(OPEN_OBJECT)
      let isFirst = true
      let key = json.at
      let keyEnd = json.at
      try {
        for (let left = input.blockCount(least); left > 0; left = input.blockCount(least)) {
          for (; left > 0; left -= 1) {
            if (!isFirst) json.byte(COMMA)
            isFirst = false
            key = json.at
            input.string(json)
            keyEnd = json.at
            json.byte(COLON)
            value(input, json)
          }
        }
      } catch (error) {
        throw caughtWithin(error, () => `[${json.slice(key, keyEnd)}]`)
      }
      json.byte(CLOSE_OBJECT)
      input.leave()
    }
  }

  private union({ branches }: UnionType): Decode {
    const decoders = branches.map((branch) => this.of(branch))
    const wrappers = branches.map((branch) =>
      branch.kind === 'null' ? undefined : new Literal(`{${quote(labelOf(branch))}:`),
    )
    return (input, json) => {
      const index = branchIndex(input, branches.length)
      const wrapper = wrappers[index]
      if (wrapper === undefined) return decoders[index]!(input, json)
      json.literal(wrapper)
      decoders[index]!(input, json)
      json.byte(CLOSE_OBJECT)
    }
  }

  private bareUnion(union: UnionType): Decode {
    const decoders = union.branches.map((branch) => this.of(branch))
    const bare = new BareBranches(union)
    return (input, json) => {
      const index = branchIndex(input, decoders.length)
      const start = json.at
      decoders[index]!(input, json)
      bare.wrapIfNeeded(index, json, start)
    }
  }
}

const writeDouble: Decode = (input, json) => {
  const value = input.double()
  if (!json.decimal(value)) json.text(doubleText(value))
}

function branchIndex(input: BinaryInput, count: number): number {
  const index = input.int()
  if (index < 0 || index >= count) throw new Misfit(`branch ${index} of a union that has ${count}`)
  return index
}

function oneOf(symbols: readonly string[]): Decode {
  const texts = symbols.map((symbol) => new Literal(quote(symbol)))
  return (input, json) => {
    const index = input.int()
    const text = texts[index]
    if (text === undefined) throw new Misfit(`symbol ${index} of an enum that has ${texts.length}`)
    json.literal(text)
  }
}
