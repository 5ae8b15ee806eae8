import type { Context } from '../../../lib/command/define.ts'
import { UserError } from '../../../lib/errors.ts'
import { openRegistryClient, SchemaStore } from '../../../lib/schemas/client/index.ts'
import { readKeptReferences, readSchemaFile, readSchemaType } from '../../../lib/schemas/schema-file.ts'
import type { RecordPart } from '../../../lib/schemas/wire.ts'
import type { ProduceValues } from '../options.ts'
import { RecordEncoder } from './record-encoder.ts'
import { readPartSettings, readSchemaId, readUseSchemaId, type PartSettings, type SchemaChoice } from './settings.ts'

export { DocumentSchemas } from './document-schemas.ts'
export { SchemaRecords } from './schema-records.ts'
export { readPartSettings } from './settings.ts'

type Properties = ReadonlyMap<string, string>
type Settings = Partial<Record<RecordPart, PartSettings>>

/** An encoder by the registry that the properties name. Throws UserError where they name none. */
export async function openEncoder(
  settings: Settings,
  properties: Properties,
  { clock }: Pick<Context, 'clock'>,
): Promise<RecordEncoder> {
  const client = await openRegistryClient(properties, clock)
  if (!client) throw new UserError('schema.registry.url is empty')
  return new RecordEncoder({ client, store: new SchemaStore(client, clock) }, settings)
}

/**
 * How kts produce encodes keys and values: by the schema that is asked for; else, of text, by the latest of its
 * subject. `hasKeys` says whether lines of text have keys. Throws UserError.
 */
export function settingsOf(
  values: ProduceValues,
  properties: Properties,
  { cwd }: Pick<Context, 'cwd'>,
  hasKeys: boolean,
): Settings {
  const { json } = values
  const choices = {
    key: choiceOf('key', keyGiven(values), values, cwd) ?? (json || !hasKeys ? undefined : 'latest'),
    value: choiceOf('value', valueGiven(values, properties), values, cwd) ?? (json ? undefined : 'latest'),
  } as const
  const messages = { key: values.keyMessage, value: values.valueMessage }
  const inHeader = values.schemaIdInHeader ? 'HeaderSchemaIdSerializer' : undefined
  const settings: Settings = {}
  for (const part of ['key', 'value'] as const) {
    const choice = choices[part]
    if (choice === undefined || choice === 'none') continue
    const own =
      inHeader === undefined ? properties : new Map([...properties, [`${part}.schema.id.serializer`, inHeader]])
    settings[part] = readPartSettings(part, choice, own, messages[part])
  }
  return settings
}

/** What the options say of one part. */
interface Given {
  readonly file: string | undefined
  readonly id: string | undefined
  readonly references: readonly string[]
  /** The option of the references. */
  readonly referenceOption: string
}

const keyGiven = ({ keySchema, keySchemaId, keyReference }: ProduceValues): Given => ({
  file: keySchema,
  id: keySchemaId,
  references: keyReference,
  referenceOption: '--key-reference',
})

function valueGiven({ valueSchema, valueSchemaId, reference }: ProduceValues, properties: Properties): Given {
  const useSchemaId = readUseSchemaId(properties)
  return {
    file: valueSchema,
    id: valueSchemaId ?? (useSchemaId === undefined ? undefined : String(useSchemaId)),
    references: reference,
    referenceOption: '--reference',
  }
}

/** Undefined where the options say nothing. Throws UserError. */
function choiceOf(
  part: RecordPart,
  { file, id, references, referenceOption }: Given,
  { schemaType }: ProduceValues,
  cwd: string,
): SchemaChoice | 'none' | undefined {
  const [fileOption, idOption] = [`--${part}-schema`, `--${part}-schema-id`]
  if (references.length > 0 && (file === undefined || file === 'none'))
    throw new UserError(`${referenceOption} says what a schema refers to: name its file with ${fileOption}`)
  if (file === 'none') return 'none'
  if (file !== undefined && id !== undefined)
    throw new UserError(`${fileOption} and ${idOption} contradict each other: give one of them`)
  if (id !== undefined) return { id: readSchemaId(id, idOption) }
  if (file === undefined) return undefined
  const type = schemaType === undefined ? undefined : readSchemaType(schemaType, '--schema-type')
  return {
    ...readSchemaFile(file, cwd, fileOption, type),
    references: readKeptReferences(references, cwd, referenceOption),
    origin: `${fileOption} ${file}`,
  }
}
