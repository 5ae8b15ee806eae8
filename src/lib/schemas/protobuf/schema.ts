import {
  type CodecTarget,
  type ParsedSchema,
  type ParseOptions,
  type ResolvedReference,
  SchemaError,
  SchemaTooLargeError,
  type ValueCodec,
} from '../format.ts'
import { MessageCodec } from './codec/codec.ts'
import { Extensions } from './descriptor/extensions.ts'
import { readDescriptor } from './descriptor/read.ts'
import { writeDescriptor } from './descriptor/write.ts'
import type { FileElement } from './elements.ts'
import { linkWith } from './model/files.ts'
import { findMessage, type MessageType, messagesOf, type ProtoFile } from './model/types.ts'
import { normalize } from './normalize.ts'
import { protobufSource } from './source.ts'
import { printProto } from './text/print.ts'
import { withoutExtensions } from './without-extensions.ts'

/** As much as fits in a record of `_schemas`. */
const LONGEST_TEXT = 1 << 20

/** The name that Confluent gives a schema in its own descriptor. */
const OWN_PATH = 'default'

export class ProtobufSchema implements ParsedSchema {
  readonly type = 'PROTOBUF'
  readonly file: ProtoFile
  private canonicalText: string | undefined
  private normalizedText: string | undefined

  constructor(text: string, references: readonly ResolvedReference[], { isKept = false }: ParseOptions) {
    if (text.length > LONGEST_TEXT)
      throw new SchemaTooLargeError(`the schema is longer than ${LONGEST_TEXT} characters`)
    this.file = linkWith(text, OWN_PATH, references, protobufSource, isKept)
  }

  get canonical(): string {
    this.canonicalText ??= printProto(this.file.element)
    return this.canonicalText
  }

  get normalized(): string {
    this.normalizedText ??= printProto(normalize(this.described()))
    return this.normalizedText
  }

  /** `serialized`: the FileDescriptorProto in base64; `ignore_extensions`: the text without them. */
  formatted(format: string): string | undefined {
    if (format === 'serialized') return writeDescriptor(this.file).toString('base64')
    if (format === 'ignore_extensions') return printProto(withoutExtensions(this.file.element))
    return undefined
  }

  codec(target: CodecTarget = {}): ValueCodec {
    const message = this.messageOf(target)
    return new MessageCodec(this.file, message, indexesOf(message, this.file), target.preservesFieldNames ?? false)
  }

  recordName(target: CodecTarget = {}): string {
    return this.messageOf(target).fullName
  }

  /** What the descriptor of the file says, where everything has its full name. */
  private described(): FileElement {
    return readDescriptor(writeDescriptor(this.file), new Extensions(this.file))
  }

  private messageOf({ messageIndexes = [0], messageName }: CodecTarget): MessageType {
    const message =
      messageName === undefined
        ? messageAt(messageIndexes, this.file)
        : findMessage(this.file.types, messageName.replace(/^\./, ''))
    if (message !== undefined) return message
    const wanted = messageName === undefined ? `with indexes ${messageIndexes.join(', ')}` : `"${messageName}"`
    throw new SchemaError(`the schema has no message ${wanted}`)
  }
}

function messageAt(indexes: readonly number[], file: ProtoFile): MessageType | undefined {
  let types = file.types
  let message: MessageType | undefined
  for (const index of indexes) {
    message = messagesOf(types)[index]
    if (message === undefined) return undefined
    types = message.types
  }
  return message
}

/** Which message of its file this is, outermost first, enums not counted. */
function indexesOf(message: MessageType, { types, packageName }: ProtoFile): number[] {
  const names = message.fullName.slice(packageName === '' ? 0 : packageName.length + 1).split('.')
  const indexes: number[] = []
  let siblings = messagesOf(types)
  for (const name of names) {
    const index = siblings.findIndex((sibling) => sibling.name === name)
    indexes.push(index)
    siblings = messagesOf(siblings[index]!.types)
  }
  return indexes
}
