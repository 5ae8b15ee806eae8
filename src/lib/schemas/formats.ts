import { SchemaError, type SchemaFormat, type SchemaType } from './format.ts'

/** Each is loaded when the first schema of it is met. */
const FORMATS: Readonly<Partial<Record<SchemaType, () => Promise<SchemaFormat>>>> = {
  AVRO: async () => (await import('./avro/index.ts')).avroFormat,
  PROTOBUF: async () => (await import('./protobuf/index.ts')).protobufFormat,
  JSON: async () => (await import('./json/index.ts')).jsonFormat,
}

export const SCHEMA_TYPES: readonly SchemaType[] = ['JSON', 'PROTOBUF', 'AVRO']

/** The format of a schema type. Throws SchemaError for one that there is not. */
export async function loadFormat(type: SchemaType): Promise<SchemaFormat> {
  const load = FORMATS[type]
  if (!load) throw new SchemaError(`Invalid schema type ${type}`)
  return load()
}
