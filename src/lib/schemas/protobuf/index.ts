import type { SchemaFormat } from '../format.ts'
import { incompatibilities } from './compatibility.ts'
import { ProtobufSchema } from './schema.ts'

/** Protobuf: `.proto` texts of proto2, proto3 and editions. */
export const protobufFormat: SchemaFormat = {
  type: 'PROTOBUF',
  parse: (text, references = [], options = {}) => new ProtobufSchema(text, references, options),
  incompatibilities: (reader, writer) =>
    incompatibilities((reader as ProtobufSchema).file, (writer as ProtobufSchema).file),
}
