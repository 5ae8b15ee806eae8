import type { JsonBytes } from './json-bytes.ts'

/** The schema types of Confluent's registry API (`schemaType`). */
export type SchemaType = 'AVRO' | 'PROTOBUF' | 'JSON'

/** A schema that another one names: by which name it does so, and where the registry keeps it. */
export interface SchemaReference {
  readonly name: string
  readonly subject: string
  readonly version: number
}

/** A reference with its text; a list of them is ordered so that each comes after those that it needs. */
export interface ResolvedReference {
  readonly name: string
  readonly text: string
}

/** What a record's wire form says beside the schema: which message of a Protobuf file, outermost first. */
export interface CodecTarget {
  readonly messageIndexes?: readonly number[]
  /** The full name of the message of a Protobuf file; the first message without it. */
  readonly messageName?: string
  /**
   * Avro: logical types are decoded as text (dates and times in ISO 8601, decimals with their point), and branches of
   * unions without their wrapper where it is not needed to tell them apart. `encode` takes either form without it.
   */
  readonly readable?: boolean
  /** Protobuf: fields have their names of the file, and not those of JSON (`preserve.json.field.name`). */
  readonly preservesFieldNames?: boolean
}

/** Turns the payload of a record, what comes after magic byte and id, into JSON text and back. */
export interface ValueCodec {
  /** For Protobuf: which message this is, outermost first; it stands before the payload on the wire. */
  readonly messageIndexes?: readonly number[]
  /**
   * One line of JSON: Avro's as Java's JsonEncoder writes it, Protobuf's as JsonFormat does with default values.
   * 64-bit integers keep their digits. Throws SchemaError for bytes that the schema does not describe; time and
   * memory are bounded by the length of the payload.
   */
  decode(payload: Buffer): string
  /** The same in UTF-8, of the bytes from `start` to `end`: it stays until the codec is used again. */
  decodeBytes?(bytes: Buffer, start: number, end: number): JsonBytes
  /** The payload for a JSON text, behind `prefix`; throws SchemaError that names the path of what does not fit. */
  encode(json: string, prefix?: Buffer): Buffer
}

export interface ParsedSchema {
  readonly type: SchemaType
  /** The text as a registry gives it back: for Avro and JSON without blanks, for Protobuf laid out anew. */
  readonly canonical: string
  /** The text that `normalize=true` compares and keeps. */
  readonly normalized: string
  codec(target?: CodecTarget): ValueCodec
  /**
   * What RecordNameStrategy calls it: the full name of an Avro type or of a Protobuf message, the title of a JSON
   * Schema; undefined where it has none.
   */
  recordName(target?: CodecTarget): string | undefined
  /**
   * The text that the API's `format=` asks for, such as Protobuf's `serialized` (base64 of the FileDescriptorProto);
   * undefined for a format that means nothing to it.
   */
  formatted?(format: string): string | undefined
}

export interface ParseOptions {
  /** A registry has taken the text already: names are not judged again. */
  readonly isKept?: boolean | undefined
  /**
   * Avro: a default has to fit the type of its field. Confluent's registry and serializers ask for that only where they
   * are told to (`avro.validate.defaults`), or where they normalize.
   */
  readonly validatesDefaults?: boolean | undefined
}

/** Avro, Protobuf or JSON Schema: what registry, commands and page need of it. */
export interface SchemaFormat {
  readonly type: SchemaType
  /** Throws SchemaError for a text that is no schema of this format; bounded in depth, size and time. */
  parse(text: string, references?: readonly ResolvedReference[], options?: ParseOptions): ParsedSchema
  /** Why `reader` cannot read what was written with `writer`, a sentence each; empty if it can. */
  incompatibilities(reader: ParsedSchema, writer: ParsedSchema): string[]
}

/** A schema or a payload that cannot be used; the message is one line that a user can act on. */
export class SchemaError extends Error {
  override readonly name = 'SchemaError'
}
