import type { Context } from '../../../lib/command/define.ts'
import { UserError } from '../../../lib/errors.ts'
import { openRegistryClient, SchemaStore } from '../../../lib/schemas/client/index.ts'
import { readSchemaFile, readSchemaType } from '../../../lib/schemas/schema-file.ts'
import type { RecordPart } from '../../../lib/schemas/wire.ts'
import type { ProduceValues } from '../options.ts'
import { RecordEncoder } from './record-encoder.ts'
import { readPartSettings, readSchemaId, readUseSchemaId, type PartSettings, type SchemaChoice } from './settings.ts'

export { DocumentSchemas } from './document-schemas.ts'
export { SchemaRecords } from './schema-records.ts'
export { readPartSettings } from './settings.ts'

type Settings = Partial<Record<RecordPart, PartSettings>>

/** An encoder by the registry that the properties name. Throws UserError where they name none. */
export async function openEncoder(
  settings: Settings,
  properties: ReadonlyMap<string, string>,
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
  properties: ReadonlyMap<string, string>,
  { cwd }: Pick<Context, 'cwd'>,
  hasKeys: boolean,
): Settings {
  const { json } = values
  const choices = {
    key:
      choiceOf('key', values.keySchema, values.keySchemaId, values, cwd) ?? (json || !hasKeys ? undefined : 'latest'),
    value:
      choiceOf('value', values.valueSchema, values.valueSchemaId ?? useSchemaId(properties), values, cwd) ??
      (json ? undefined : 'latest'),
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

const useSchemaId = (properties: ReadonlyMap<string, string>): string | undefined => {
  const id = readUseSchemaId(properties)
  return id === undefined ? undefined : String(id)
}

/** Undefined where the options say nothing. */
function choiceOf(
  part: RecordPart,
  file: string | undefined,
  id: string | undefined,
  { schemaType }: ProduceValues,
  cwd: string,
): SchemaChoice | 'none' | undefined {
  const [fileOption, idOption] = [`--${part}-schema`, `--${part}-schema-id`]
  if (file === 'none') return 'none'
  if (file !== undefined && id !== undefined)
    throw new UserError(`${fileOption} and ${idOption} contradict each other: give one of them`)
  if (id !== undefined) return { id: readSchemaId(id, idOption) }
  if (file === undefined) return undefined
  const type = schemaType === undefined ? undefined : readSchemaType(schemaType, '--schema-type')
  return { ...readSchemaFile(file, cwd, fileOption, type), references: [], origin: `${fileOption} ${file}` }
}
