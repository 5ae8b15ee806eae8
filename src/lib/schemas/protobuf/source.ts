import { readDescriptor } from './descriptor/read.ts'
import { Extensions } from './descriptor/extensions.ts'
import type { Source } from './model/files.ts'
import { parseProto } from './text/parse.ts'

/** No `.proto` file does without a semicolon or a brace. */
const isBase64 = (text: string): boolean => /^[A-Za-z0-9+/\s]+$/.test(text.trimEnd().replace(/={1,2}$/, ''))

/** The texts that registries and clients send: `.proto` files, and FileDescriptorProtos in base64. */
export const protobufSource: Source = {
  read: (text) => (isBase64(text) ? readDescriptor(Buffer.from(text, 'base64'), new Extensions()) : parseProto(text)),
  reread(text, linked) {
    if (!isBase64(text)) return undefined
    const extensions = new Extensions(linked)
    return extensions.isEmpty ? undefined : readDescriptor(Buffer.from(text, 'base64'), extensions)
  },
}
