import type { ParsedSchema } from '../../../../src/lib/schemas/format.ts'
import { DESCRIPTOR } from '../../../../src/lib/schemas/protobuf/built-in/descriptor.ts'
import { protobufFormat } from '../../../../src/lib/schemas/protobuf/index.ts'

const codec = protobufFormat
  .parse(Object.values(DESCRIPTOR)[0]!)
  .codec({ messageName: 'google.protobuf.FileDescriptorProto' })

interface Declared {
  readonly name: string
  readonly number: number
}

/**
 * A descriptor without its file name, nested messages by name and fields by number: their order means nothing, and the
 * layout of registries changes it.
 */
export function descriptorJson(of: ParsedSchema | string): unknown {
  const serialized = typeof of === 'string' ? of : of.formatted!('serialized')!
  const json = JSON.parse(codec.decode(Buffer.from(serialized, 'base64')), (key, value: unknown) => {
    if (key === 'nestedType') return (value as Declared[]).sort((a, b) => (a.name < b.name ? -1 : 1))
    return key === 'field' ? (value as Declared[]).sort((a, b) => a.number - b.number) : value
  }) as object
  return { ...json, name: '' }
}
