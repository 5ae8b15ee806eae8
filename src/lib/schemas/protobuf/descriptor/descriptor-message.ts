import { builtInFile } from '../model/files.ts'
import type { MessageType } from '../model/types.ts'

/** A message of descriptor.proto. */
export function descriptorMessage(name: string): MessageType {
  const symbol = builtInFile('google/protobuf/descriptor.proto').symbols.get(`google.protobuf.${name}`)
  if (symbol?.kind !== 'message') throw new Error(`descriptor.proto has no message ${name}`)
  return symbol
}
