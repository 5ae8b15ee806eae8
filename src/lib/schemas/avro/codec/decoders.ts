import type { BinaryInput } from './binary-input.ts'
import { doubleText, floatText, quote, quoteInBytes, quoteLatin1 } from '../jackson.ts'
import { leastBytes } from './least-bytes.ts'
import type { Decode } from './closures.ts'
import { caughtWithin, Misfit } from './misfit.ts'
import {
  type ArrayType,
  type AvroType,
  labelOf,
  type MapType,
  type RecordType,
  type UnionType,
} from '../model/types.ts'
import { readableDecoder } from './readable.ts'
import { BareBranches } from './bare-branches.ts'

/** Closures that decode a type, made once for a schema; `isReadable` is CodecTarget.readable. */
export class Decoders {
  private readonly records = new Map<RecordType, Decode>()
  private readonly quoteText: (text: string) => string

  constructor(private readonly isReadable: boolean) {
    this.quoteText = isReadable ? quote : quoteInBytes
  }

  of(type: AvroType): Decode {
    return (this.isReadable ? readableDecoder(type) : undefined) ?? this.plain(type)
  }

  private plain(type: AvroType): Decode {
    const { quoteText } = this
    switch (type.kind) {
      case 'null':
        return () => 'null'
      case 'boolean':
        return (input) => (input.boolean() ? 'true' : 'false')
      case 'int':
        return (input) => `${input.int()}`
      case 'long':
        return (input) => `${input.long()}`
      case 'float':
        return (input) => floatText(input.float())
      case 'double':
        return (input) => doubleText(input.double())
      case 'string':
        return (input) => input.string(quoteText)
      case 'bytes':
        return (input) => quoteLatin1(input.byteString())
      case 'fixed':
        return (input) => quoteLatin1(input.fixed(type.size))
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
    const keys = names.map((name, index) => `${index === 0 ? '{' : ','}${quote(name)}:`)
    const end = names.length === 0 ? '{}' : '}'
    const fields: Decode[] = []
    const decode: Decode = (input) => {
      input.enter()
      let text = ''
      let index = 0
      try {
        for (; index < fields.length; index += 1) text += keys[index]! + fields[index]!(input)
      } catch (error) {
        throw caughtWithin(error, () => `.${names[index]}`)
      }
      input.checkText(text.length)
      input.leave()
      return text + end
    }
    // Its fields may be of this very type.
    this.records.set(type, decode)
    for (const field of type.fields) fields.push(this.of(field.type))
    return decode
  }

  private array(type: ArrayType): Decode {
    const item = this.of(type.items)
    const least = leastBytes(type.items)
    return (input) => {
      input.enter()
      let text = ''
      let index = 0
      try {
        for (let left = input.blockCount(least); left > 0; left = input.blockCount(least)) {
          for (; left > 0; left -= 1) {
            text += (index === 0 ? '[' : ',') + item(input)
            index += 1
            input.checkText(text.length)
          }
        }
      } catch (error) {
        throw caughtWithin(error, () => `[${index}]`)
      }
      input.leave()
      return index === 0 ? '[]' : `${text}]`
    }
  }

  private map(type: MapType): Decode {
    const { quoteText } = this
    const value = this.of(type.values)
    const least = 1 + leastBytes(type.values)
    return (input) => {
      input.enter()
      let text = ''
      let key = ''
      try {
        for (let left = input.blockCount(least); left > 0; left = input.blockCount(least)) {
          for (; left > 0; left -= 1) {
            key = input.string(quoteText)
            text += `${text === '' ? '{' : ','}${key}:${value(input)}`
            input.checkText(text.length)
          }
        }
      } catch (error) {
        throw caughtWithin(error, () => `[${key}]`)
      }
      input.leave()
      return text === '' ? '{}' : `${text}}`
    }
  }

  private union({ branches }: UnionType): Decode {
    const decoders = branches.map((branch) => this.of(branch))
    const wrappers = branches.map((branch) => (branch.kind === 'null' ? '' : `{${quote(labelOf(branch))}:`))
    return (input) => {
      const index = branchIndex(input, branches.length)
      const wrapper = wrappers[index]!
      const text = decoders[index]!(input)
      return wrapper === '' ? text : `${wrapper}${text}}`
    }
  }

  private bareUnion(union: UnionType): Decode {
    const decoders = union.branches.map((branch) => this.of(branch))
    const bare = new BareBranches(union)
    return (input) => {
      const index = branchIndex(input, decoders.length)
      return bare.wrapIfNeeded(index, decoders[index]!(input))
    }
  }
}

function branchIndex(input: BinaryInput, count: number): number {
  const index = input.int()
  if (index < 0 || index >= count) throw new Misfit(`branch ${index} of a union that has ${count}`)
  return index
}

function oneOf(symbols: readonly string[]): Decode {
  const texts = symbols.map(quote)
  return (input) => {
    const index = input.int()
    const text = texts[index]
    if (text === undefined) throw new Misfit(`symbol ${index} of an enum that has ${texts.length}`)
    return text
  }
}
