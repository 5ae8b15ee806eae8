import { avroFormat } from '../../../../src/lib/schemas/avro/index.ts'
import { type CodecTarget, SchemaError, type ValueCodec } from '../../../../src/lib/schemas/format.ts'

export const codecOf = (schema: unknown, target?: CodecTarget): ValueCodec =>
  avroFormat.parse(JSON.stringify(schema)).codec(target)

/** What is said of a failure; fails for any error that is no SchemaError. */
export function refusal(act: () => unknown): string {
  try {
    act()
  } catch (error) {
    if (error instanceof SchemaError) return error.message
    throw error
  }
  throw new Error('nothing was refused')
}

export const record = (name: string, fields: Record<string, unknown>) => ({
  type: 'record',
  name,
  fields: Object.entries(fields).map(([field, type]) => ({ name: field, type })),
})

/** `depth` records of a list, each within the one before. */
export const nestedList = (depth: number): string =>
  `${'{"next":{"List":'.repeat(depth)}{"next":null}${'}}'.repeat(depth)}`
