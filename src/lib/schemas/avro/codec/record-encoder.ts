import { BinaryOutput } from './binary-output.ts'
import type { Encode } from './closures.ts'
import { jsonText, quote } from '../jackson.ts'
import { CLOSE_OBJECT, OPEN_OBJECT, JsonCursor } from './json-cursor.ts'
import { caughtWithin, Misfit } from './misfit.ts'
import type { Field, RecordType } from '../model/types.ts'

/** A default may be made of other defaults, each of which doubles it. */
const MOST_DEFAULT_BYTES = 1 << 20

/**
 * Encodes the fields of a record in their order, whatever the order of the JSON. `fields` is to be filled with their
 * encoders before the first record.
 */
export function recordEncoder({ name, fields: declared }: RecordType): { encode: Encode; fields: Encode[] } {
  const fields: Encode[] = []
  const keys = declared.map((field) => quote(field.name))
  const indexes = new Map(declared.flatMap((field, index) => [field.name, ...field.aliases].map((key) => [key, index])))
  const defaults = declared.map((field, index) => new DefaultBytes(field, (json, out) => fields[index]!(json, out)))

  const encodeField = (index: number, json: JsonCursor, out: BinaryOutput): void => {
    try {
      fields[index]!(json, out)
    } catch (error) {
      throw caughtWithin(error, () => `.${declared[index]!.name}`)
    }
  }

  const indexOfKey = (json: JsonCursor): number => {
    const key = json.key()
    const index = indexes.get(key)
    if (index === undefined) throw new Misfit(`${name.full} has no field ${quote(key)}`)
    return index
  }

  const encode: Encode = (json, out) => {
    json.enter(OPEN_OBJECT, `${name.full} as an object`)
    let next = 0
    /** Where values lie that came before their turn, by the index of their fields. */
    let waiting: Map<number, number> | undefined
    for (let isFirst = true; json.hasMore(CLOSE_OBJECT, isFirst); isFirst = false) {
      const index = next < keys.length && json.takeKey(keys[next]!) ? next : indexOfKey(json)
      if (index === next) {
        encodeField(index, json, out)
        next += 1
      } else {
        waiting ??= new Map()
        if (index < next || waiting.has(index)) throw new Misfit(`the field ${declared[index]!.name} comes twice`)
        waiting.set(index, json.at)
        json.skip()
      }
    }
    const end = json.at
    for (; next < keys.length; next += 1) {
      const place = waiting?.get(next)
      if (place === undefined) out.raw(defaults[next]!.bytes())
      else {
        json.at = place
        encodeField(next, json, out)
      }
    }
    json.at = end
    json.leave()
  }
  return { encode, fields }
}

/** What stands for a field that the JSON does not have. */
class DefaultBytes {
  private encoded: Buffer | undefined
  private isEncoding = false

  constructor(
    private readonly field: Field,
    private readonly encode: Encode,
  ) {}

  bytes(): Buffer {
    this.encoded ??= this.make()
    return this.encoded
  }

  private make(): Buffer {
    const { name, default: value } = this.field
    if (value === undefined) throw new Misfit(`the field ${name} is missing, and it has no default`)
    if (this.isEncoding) throw new Misfit(`the default of the field ${name} contains itself`)
    this.isEncoding = true
    try {
      const out = new BinaryOutput(MOST_DEFAULT_BYTES)
      this.encode(new JsonCursor(jsonText(value), true), out)
      return out.take()
    } catch (error) {
      throw caughtWithin(error, () => `.${name}`)
    } finally {
      this.isEncoding = false
    }
  }
}
