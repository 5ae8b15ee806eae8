import type { ParsedSchema, ResolvedReference, SchemaFormat } from '../format.ts'
import { jsonCodec } from './codec.ts'
import { Containment } from './containment.ts'
import { isObject, readJson } from './document.ts'
import { sortedText } from './normalized.ts'
import { parseModel, SCHEMA_LIMITS, type Model } from './parse.ts'

class JsonParsedSchema implements ParsedSchema {
  readonly type = 'JSON'

  constructor(
    readonly canonical: string,
    readonly model: Model,
  ) {}

  get normalized(): string {
    return sortedText(this.canonical)
  }

  codec() {
    return jsonCodec(this.model)
  }

  recordName(): string | undefined {
    const { root } = this.model
    const title = isObject(root) ? root['title'] : undefined
    return typeof title === 'string' ? title : undefined
  }
}

/** JSON Schema: drafts 4, 6, 7, 2019-09 and 2020-12. */
export const jsonFormat: SchemaFormat = {
  type: 'JSON',
  parse(text: string, references: readonly ResolvedReference[] = []): ParsedSchema {
    const { value, compact } = readJson(text, 'the schema', SCHEMA_LIMITS)
    return new JsonParsedSchema(compact, parseModel(value, references))
  },
  incompatibilities: (reader, writer) => new Containment(modelOf(reader), modelOf(writer)).reasons(),
}

function modelOf(schema: ParsedSchema): Model {
  if (schema instanceof JsonParsedSchema) return schema.model
  throw new TypeError(`a schema of type ${schema.type} among those of type JSON`)
}
