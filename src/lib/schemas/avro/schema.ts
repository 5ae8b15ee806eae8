import type { CodecTarget, ParsedSchema, ParseOptions, ResolvedReference, ValueCodec } from '../format.ts'
import { AvroCodec } from './codec/avro-codec.ts'
import { checkDepth } from './model/depth.ts'
import { type AvroType, isNamed, labelOf } from './model/types.ts'
import { normalized } from './model/normalize.ts'
import { SchemaParser } from './model/parse.ts'
import { schemaText } from './model/schema-text.ts'

export class AvroSchema implements ParsedSchema {
  readonly type = 'AVRO'
  readonly model: AvroType
  readonly canonical: string
  /** Types that the text only names. */
  private readonly referenced: readonly string[]

  /** Throws SchemaError. */
  constructor(text: string, references: readonly ResolvedReference[], options: ParseOptions) {
    const parser = new SchemaParser(options)
    this.referenced = references.map((reference) => labelOf(parser.parseReference(reference)))
    this.model = parser.parse(text)
    checkDepth(this.model)
    this.canonical = schemaText(this.model, this.referenced)
  }

  get normalized(): string {
    return schemaText(normalized(this.model), this.referenced)
  }

  codec({ readable = false }: CodecTarget = {}): ValueCodec {
    return new AvroCodec(this.model, readable)
  }

  recordName(): string | undefined {
    return isNamed(this.model) ? this.model.name.full : undefined
  }

  /** `resolved` describes the types of references too, where they first stand. */
  formatted(format: string): string | undefined {
    return format === 'resolved' ? schemaText(this.model, []) : undefined
  }
}
