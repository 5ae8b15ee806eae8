import { type ExactJson, parseExactJson } from '../../exact-json.ts'
import type { Field, MessageType, Oneof } from '../model/types.ts'
import type { FindMessage } from './message-plan.ts'
import { Misfit, shown } from './misfit.ts'
import { Output } from './output.ts'
import type { Style } from './plans.ts'
import { isZero, type ScalarWriter, scalarWriterOf } from './scalar-writers.ts'
import { anyContent, plainJson } from './special-json.ts'
import { specialName } from './special-text.ts'
import { DEEPEST, END_GROUP, LENGTH_DELIMITED, tagOf, wireTypeOf } from './wire-types.ts'

interface FieldWriter {
  readonly field: Field
  readonly tag: number
  /** Undefined for messages, groups and maps. */
  readonly scalar: ScalarWriter | undefined
  /** Whether null is a value, not absence. */
  readonly takesNull: boolean
}

interface MessageWriter {
  /** In the order of their numbers, as they are written. */
  readonly fields: readonly FieldWriter[]
  /** By either name, and `[name]` for an extension. */
  readonly indexes: ReadonlyMap<string, number>
  /** Which of the well-known types it is. */
  readonly special: string | undefined
}

/** Writes JSON as JsonFormat's parser takes it into protobuf's wire format, fields in the order of their numbers. */
export class Encoder {
  private readonly writers = new Map<MessageType, MessageWriter>()
  private depth = 0

  constructor(
    private readonly findMessage: FindMessage,
    private readonly extensionsOf: Style['extensionsOf'] = undefined,
  ) {}

  /** Throws SchemaError with the path of what does not fit. */
  encode(message: MessageType, json: string, prefix?: Buffer): Buffer {
    const document = parseExactJson(json)
    this.depth = 0
    try {
      return this.toBuffer(message, document, prefix)
    } catch (error) {
      throw error instanceof Misfit ? error.asSchemaError() : error
    }
  }

  private toBuffer(message: MessageType, json: ExactJson, prefix?: Buffer): Buffer {
    const output = new Output(prefix)
    this.writeMessage(output, message, json)
    return output.toBuffer()
  }

  private writeMessage(output: Output, message: MessageType, json: ExactJson): void {
    const writer = this.writerOf(message)
    if (writer.special === undefined) this.writeFields(output, message, writer, json)
    else if (writer.special === 'Any') this.writeAny(output, message, writer, json)
    else this.writeFields(output, message, writer, plainJson(writer.special, json))
  }

  private writeAny(output: Output, message: MessageType, writer: MessageWriter, json: ExactJson): void {
    const content = anyContent(json)
    if (content === undefined) return
    const type = this.findMessage(content.typeName)
    if (type === undefined) throw new Misfit(`no schema is known for "${content.typeName}"`)
    const isSpecial = this.writerOf(type).special !== undefined
    this.enter()
    const value = isSpecial ? content.value : content.fields
    const bytes = value === undefined ? Buffer.alloc(0) : this.toBuffer(type, value)
    this.depth -= 1
    const plain = new Map<string, ExactJson>([
      ['type_url', content.typeUrl],
      ['value', bytes.toString('base64')],
    ])
    this.writeFields(output, message, writer, plain)
  }

  private writeFields(output: Output, message: MessageType, writer: MessageWriter, json: ExactJson): void {
    if (!(json instanceof Map)) throw new Misfit(`expected an object for ${message.fullName}, found ${shown(json)}`)
    const values = this.sortOut(json, message, writer)
    const set = new Map<Oneof, string>()
    writer.fields.forEach((fieldWriter, index) => {
      const { field, takesNull } = fieldWriter
      const value = values[index]
      if (value === undefined || (value === null && (!takesNull || field.isRepeated))) {
        if (field.isRequired) throw new Misfit(`required field "${field.name}" of ${message.fullName} is missing`)
        return
      }
      Misfit.within(field.name, () => {
        const other = field.oneof && set.get(field.oneof)
        if (other !== undefined) throw new Misfit(`only one of "${other}" and this field of a oneof can be set`)
        if (field.oneof !== undefined) set.set(field.oneof, field.name)
        this.writeField(output, fieldWriter, value)
      })
    })
  }

  /** The members of an object in the order of the fields. */
  private sortOut(json: Map<string, ExactJson>, message: MessageType, writer: MessageWriter) {
    const values = new Array<ExactJson | undefined>(writer.fields.length).fill(undefined)
    for (const [name, value] of json) {
      const index = writer.indexes.get(name)
      if (index === undefined) throw new Misfit(`${message.fullName} has no field ${shown(name)}`)
      if (values[index] !== undefined) throw new Misfit(`field ${shown(name)} is given by both of its names`)
      values[index] = value
    }
    return values
  }

  private writeField(output: Output, writer: FieldWriter, json: ExactJson, isEntry = false): void {
    const { field, tag, scalar } = writer
    if (field.isMap) this.writeMap(output, writer, json)
    else if (field.isRepeated) this.writeRepeated(output, writer, json)
    else if (scalar === undefined) this.writeOne(output, writer, json)
    else {
      const value = scalar.parse(json)
      // Entries of maps always have both of their fields.
      if (!field.hasPresence && !isEntry && isZero(value)) return
      output.varint32(tag)
      scalar.write(output, value)
    }
  }

  private writeRepeated(output: Output, writer: FieldWriter, json: ExactJson): void {
    if (!Array.isArray(json)) throw new Misfit(`expected an array, found ${shown(json)}`)
    const { field, tag, scalar, takesNull } = writer
    if (json.length === 0) return
    if (field.isPacked) output.varint32(tagOf(field.number, LENGTH_DELIMITED))
    const start = field.isPacked ? output.begin() : 0
    json.forEach((element, index) => {
      Misfit.within(index, () => {
        if (element === null && !takesNull) throw new Misfit('an element cannot be null')
        if (scalar === undefined) return this.writeOne(output, writer, element)
        if (!field.isPacked) output.varint32(tag)
        scalar.write(output, scalar.parse(element))
      })
    })
    if (field.isPacked) output.end(start)
  }

  private writeMap(output: Output, { field, tag }: FieldWriter, json: ExactJson): void {
    if (!(json instanceof Map)) throw new Misfit(`expected an object, found ${shown(json)}`)
    const [key, value] = this.writerOf(field.message!).fields as [FieldWriter, FieldWriter]
    for (const [name, element] of json) {
      Misfit.within(name, () => {
        if (element === null && !value.takesNull) throw new Misfit('a value of a map cannot be null')
        output.varint32(tag)
        this.enter()
        const start = output.begin()
        this.writeField(output, key, name, true)
        this.writeField(output, value, element, true)
        output.end(start)
        this.depth -= 1
      })
    }
  }

  private writeOne(output: Output, { field, tag }: FieldWriter, json: ExactJson): void {
    this.enter()
    output.varint32(tag)
    if (field.type === 'group') {
      this.writeMessage(output, field.message!, json)
      output.varint32(tagOf(field.number, END_GROUP))
    } else {
      const start = output.begin()
      this.writeMessage(output, field.message!, json)
      output.end(start)
    }
    this.depth -= 1
  }

  private enter(): void {
    this.depth += 1
    if (this.depth > DEEPEST) throw new Misfit(`messages nest deeper than ${DEEPEST} levels`)
  }

  private writerOf(message: MessageType): MessageWriter {
    const known = this.writers.get(message)
    if (known !== undefined) return known
    const extensions = this.extensionsOf?.(message) ?? []
    const fields = [...message.fields, ...extensions].sort((a, b) => a.number - b.number)
    const names = fields.flatMap((field, index) => namesOf(field).map((name) => [name, index] as const))
    const writer = { fields: fields.map(fieldWriterOf), indexes: new Map(names), special: specialName(message) }
    this.writers.set(message, writer)
    return writer
  }
}

function fieldWriterOf(field: Field): FieldWriter {
  const { message, enumType } = field
  return {
    field,
    tag: tagOf(field.number, wireTypeOf(field)),
    scalar: message === undefined ? scalarWriterOf(field) : undefined,
    takesNull: message?.fullName === 'google.protobuf.Value' || enumType?.fullName === 'google.protobuf.NullValue',
  }
}

const namesOf = ({ name, jsonName, extendee, fullName }: Field): string[] =>
  extendee === undefined ? [name, jsonName] : [`[${fullName}]`]
