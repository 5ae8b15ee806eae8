import { kindProblem, labelProblem } from './field-kinds.ts'
import {
  enumsOf,
  type EnumType,
  type Field,
  messagesOf,
  type MessageType,
  type Oneof,
  type ProtoFile,
} from './model/types.ts'

/**
 * Why records written with one file cannot be read with another, a sentence each, by the rules and under the names of
 * Confluent's registry ("Protobuf compatibility" in its documentation, and protobuf.dev on updating message types):
 * messages stay, fields keep what they are on the wire, required ones neither come nor go, and a oneof loses no field
 * and takes in at most one that stood alone. Names and the package may change, and constants of enums.
 */
export function incompatibilities(reader: ProtoFile, writer: ProtoFile): string[] {
  return new Comparison().compare(reader, writer)
}

class Comparison {
  private readonly problems: string[] = []
  private readonly seen = new Map<MessageType, Set<MessageType>>()
  /** Pairs are taken one after the other: a chain of messages may be longer than the stack is deep. */
  private readonly waiting: (readonly [reader: MessageType, writer: MessageType, path: string])[] = []

  compare(reader: ProtoFile, writer: ProtoFile): string[] {
    this.compareTypes(reader.types, writer.types, '#')
    this.compareExtensions(reader, writer)
    // It grows while it is gone through.
    for (const pair of this.waiting) this.compareMessages(...pair)
    return this.problems
  }

  private compareTypes(reader: Types, writer: Types, path: string): void {
    const messages = new Map(messagesOf(reader).map((message) => [message.name, message]))
    const enums = new Set(enumsOf(reader).map(({ name }) => name))
    for (const message of messagesOf(writer)) {
      if (message.isMapEntry) continue
      const counterpart = messages.get(message.name)
      const at = `${path}/${message.name}`
      if (counterpart !== undefined) this.enqueue(counterpart, message, at)
      else if (enums.has(message.name)) this.add('TYPE_CHANGED', at, 'a message became an enum')
      else this.add('MESSAGE_REMOVED', at, 'the message is gone')
    }
  }

  private compareExtensions(reader: ProtoFile, writer: ProtoFile): void {
    const placeOf = (field: Field): string => `#/${relativeName(field.extendee!)}/${field.number}`
    const counterparts = new Map(reader.extensions.map((field) => [placeOf(field), field]))
    for (const field of writer.extensions) {
      const place = placeOf(field)
      const counterpart = counterparts.get(place)
      if (counterpart !== undefined) this.compareFields(counterpart, field, place)
    }
  }

  private enqueue(reader: MessageType, writer: MessageType, path: string): void {
    const seen = this.seen.get(writer) ?? new Set()
    this.seen.set(writer, seen)
    if (seen.has(reader)) return
    seen.add(reader)
    this.waiting.push([reader, writer, path])
  }

  private compareMessages(reader: MessageType, writer: MessageType, path: string): void {
    const readers = new Map(reader.fields.map((field) => [field.number, field]))
    const writers = new Map(writer.fields.map((field) => [field.number, field]))
    for (const field of writer.fields) {
      const at = `${path}/${field.number}`
      const counterpart = readers.get(field.number)
      if (counterpart !== undefined) this.compareFields(counterpart, field, at)
      else if (field.isRequired) this.add('REQUIRED_FIELD_REMOVED', at, `the required field "${field.name}" is gone`)
    }
    for (const field of reader.fields) {
      if (!field.isRequired || writers.has(field.number)) continue
      this.add('REQUIRED_FIELD_ADDED', `${path}/${field.number}`, `the field "${field.name}" is new and required`)
    }
    this.compareOneofs(reader, writer, writers, path)
    this.compareTypes(reader.types, writer.types, path)
  }

  private compareOneofs(reader: MessageType, writer: MessageType, writers: Map<number, Field>, path: string): void {
    const before = new Map(writer.oneofs.map((oneof) => [oneof.name, oneof]))
    for (const oneof of reader.oneofs) {
      const at = `${path}/${oneof.name}`
      const old = before.get(oneof.name)
      const joined = oneof.fields.filter(({ number }) => isAlone(writers.get(number)))
      if (old !== undefined) this.compareOneof(oneof, old, at)
      if (old !== undefined && joined.length > 0)
        this.add('FIELD_MOVED_TO_EXISTING_ONEOF', at, `"${joined[0]!.name}" moved into a oneof that was there`)
      else if (joined.length > 1)
        this.add(
          'MULTIPLE_FIELDS_MOVED_TO_ONEOF',
          at,
          `${joined.length} fields that could be set together cannot any more`,
        )
    }
  }

  private compareOneof(reader: Oneof, writer: Oneof, path: string): void {
    const numbers = new Set(reader.fields.map(({ number }) => number))
    for (const { name, number } of writer.fields) {
      if (!numbers.has(number)) this.add('ONEOF_FIELD_REMOVED', `${path}/${number}`, `"${name}" left its oneof`)
    }
  }

  private compareFields(reader: Field, writer: Field, path: string): void {
    const problem = kindProblem(reader, writer) ?? labelProblem(reader, writer)
    if (problem !== undefined) this.add(problem.kind, path, problem.sentence)
    else if (reader.isMap && writer.isMap) this.compareMaps(reader, writer, path)
    else if (reader.message !== undefined && writer.message !== undefined) {
      this.compareNamed(reader.message, writer.message, path)
    }
  }

  private compareMaps(reader: Field, writer: Field, path: string): void {
    const [readers, writers] = [reader.message!.fields, writer.message!.fields]
    this.compareFields(readers[0]!, writers[0]!, `${path}/key`)
    this.compareFields(readers[1]!, writers[1]!, `${path}/value`)
  }

  private compareNamed(reader: MessageType, writer: MessageType, path: string): void {
    const [now, before] = [relativeName(reader), relativeName(writer)]
    if (now === before) this.enqueue(reader, writer, path)
    else this.add('FIELD_NAMED_TYPE_CHANGED', path, `the type was ${before} and is ${now}`)
  }

  private add(kind: string, path: string, sentence: string): void {
    this.problems.push(`${kind} at ${path}: ${sentence}`)
  }
}

type Types = readonly (MessageType | EnumType)[]

const isAlone = (field: Field | undefined): boolean => field !== undefined && field.oneof === undefined

/** Without the package, which may change. */
function relativeName({ fullName, file }: MessageType): string {
  return file.packageName === '' ? fullName : fullName.slice(file.packageName.length + 1)
}
