import { type ParsedSchema, SchemaError, type SchemaFormat } from '../format.ts'
import { incompatibilities } from './compatibility.ts'
import { AvroSchema } from './schema.ts'

/** Avro 1.12: schemas by the rules of Java's parser, values as its JsonEncoder writes them. */
export const avroFormat: SchemaFormat = {
  type: 'AVRO',
  parse: (text, references = [], options = {}) => new AvroSchema(text, references, options),
  incompatibilities: (reader, writer) => incompatibilities(modelOf(reader), modelOf(writer)),
}

function modelOf(schema: ParsedSchema) {
  if (schema instanceof AvroSchema) return schema.model
  throw new SchemaError(`a schema of type ${schema.type} cannot be compared with one of type AVRO`)
}
