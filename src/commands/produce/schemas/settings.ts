import { UserError } from '../../../lib/errors.ts'
import type { SchemaReference } from '../../../lib/schemas/format.ts'
import type { SchemaFile } from '../../../lib/schemas/schema-file.ts'
import { subjectNameStrategy, type SubjectNameStrategy } from '../../../lib/schemas/subject-names.ts'
import type { RecordPart } from '../../../lib/schemas/wire.ts'

/** How keys, or values, are to be encoded. */
export interface PartSettings {
  readonly part: RecordPart
  /** Which schema: one of the registry, one that is given, or the latest of the subject, if it has one. */
  readonly schema: SchemaChoice
  /** The message of a Protobuf file. */
  readonly messageName: string | undefined
  readonly subjectName: SubjectNameStrategy
  /** By its GUID in a header, and not in front of the bytes. */
  readonly isInHeader: boolean
  /** Register a schema that is given; else it has to be there. */
  readonly registers: boolean
  /** Encode by the latest schema of the subject, which the given one has to be able to read. */
  readonly usesLatest: boolean
  readonly isLatestStrict: boolean
  readonly isNormalized: boolean
  /** Values of JSON Schema have to be what it describes. */
  readonly isValidated: boolean
}

export type SchemaChoice =
  | { readonly id: number }
  | (SchemaFile & { readonly references: readonly SchemaReference[]; readonly origin: string })
  | 'latest'

type Properties = ReadonlyMap<string, string>

/** What the properties of Confluent's serializers say beside the schema. Throws UserError. */
export function readPartSettings(
  part: RecordPart,
  schema: SchemaChoice,
  properties: Properties,
  messageName?: string,
): PartSettings {
  const strategy = `${part}.subject.name.strategy`
  return {
    part,
    schema,
    messageName,
    subjectName: subjectNameStrategy(properties.get(strategy) ?? 'TopicNameStrategy', strategy),
    isInHeader: readIdSerializer(properties, `${part}.schema.id.serializer`),
    registers: isOn(properties, 'auto.register.schemas', true),
    usesLatest: isOn(properties, 'use.latest.version', false),
    isLatestStrict: isOn(properties, 'latest.compatibility.strict', true),
    isNormalized: isOn(properties, 'normalize.schemas', false),
    isValidated: isOn(properties, 'json.fail.invalid.schema', true),
  }
}

/** `use.schema.id`, of keys and values alike. Throws UserError. */
export function readUseSchemaId(properties: Properties): number | undefined {
  const text = properties.get('use.schema.id')?.trim()
  return text === undefined || text === '-1' ? undefined : readSchemaId(text, 'use.schema.id')
}

export function readSchemaId(text: string, name: string): number {
  if (/^[1-9]\d{0,9}$/.test(text) && Number(text) < 2 ** 31) return Number(text)
  throw new UserError(`${name} takes the id of a schema, a number from 1, not "${text}"`)
}

const ID_SERIALIZERS = { PrefixSchemaIdSerializer: false, HeaderSchemaIdSerializer: true } as const

function readIdSerializer(properties: Properties, name: string): boolean {
  const className = properties.get(name)?.trim() ?? 'PrefixSchemaIdSerializer'
  const short = className.replace(/^io\.confluent\.kafka\.serializers\.schema\.id\./, '')
  if (Object.hasOwn(ID_SERIALIZERS, short)) return ID_SERIALIZERS[short as keyof typeof ID_SERIALIZERS]
  throw new UserError(`${name}=${className} is not known; known are ${Object.keys(ID_SERIALIZERS).join(', ')}`)
}

function isOn(properties: Properties, name: string, byDefault: boolean): boolean {
  const text = properties.get(name)?.trim().toLowerCase()
  if (text === undefined) return byDefault
  if (text === 'true' || text === 'false') return text === 'true'
  throw new UserError(`${name}=${text} is not valid: true or false is expected`)
}
