import { UserError } from '../../lib/errors.ts'
import { readText } from '../../lib/files.ts'
import { CONSOLE_CLASSES, DEFAULT_REGISTRY_URL, refuseProperties } from '../../lib/schemas/console-tools.ts'
import type { SchemaReference, SchemaType } from '../../lib/schemas/format.ts'
import type { RecordPart } from '../../lib/schemas/wire.ts'
import { defineCommand, type Located } from '../../lib/work/command.ts'
import { check, read, stream, type ProduceInput } from './index.ts'
import { options, type ProduceValues } from './options.ts'
import { readerProperties } from './reader-settings.ts'
import type { SessionOptions } from './session.ts'
import { serializerOf } from './serializers.ts'

type Properties = ReadonlyMap<string, string>

/** Confluent's kafka-avro-console-producer and its siblings: Apache's tool with another reader of lines. */
export const schemaProducer = (type: SchemaType) =>
  defineCommand({
    options: optionsOfTool,
    check,
    read: (order) => read(order, [`${CONSOLE_CLASSES[type]}MessageReader`]),
    stream: (order: Located<ProduceValues, ProduceInput>) =>
      stream(order, (of, properties) => recordsBySchemas(type, of, properties)),
  })

/** Every tutorial of Confluent's says --property: it is no old name here. */
const optionsOfTool = options.map((option) =>
  option.name === 'property'
    ? { ...option, deprecatedFor: undefined, about: 'The same as --reader-property.' }
    : option,
) as unknown as typeof options

async function recordsBySchemas(
  type: SchemaType,
  { values, context, input }: Located<ProduceValues, ProduceInput>,
  producer: Properties,
): Promise<Pick<SessionOptions, 'records'>> {
  const given = readerProperties(values, context)
  refuseProperties(given)
  const properties = new Map([['schema.registry.url', DEFAULT_REGISTRY_URL], ...producer, ...given])
  // Confluent's own name of it in these tools.
  const registers = given.get('auto.register')
  if (registers !== undefined && !given.has('auto.register.schemas')) properties.set('auto.register.schemas', registers)
  const { openEncoder, readPartSettings, SchemaRecords } = await import('./schemas/index.ts')
  const settings = (part: RecordPart) =>
    readPartSettings(
      part,
      schemaOf(part, type, properties, context.cwd),
      properties,
      properties.get(`${part}.schema.full.name`),
    )
  const serializeKey = serializerOf(given.get('key.serializer'))
  const hasKeySchema = input.reader.parseKey && !serializeKey
  const encoder = await openEncoder(
    { value: settings('value'), ...(hasKeySchema && { key: settings('key') }) },
    properties,
    context,
  )
  return {
    records: (maxRequestSize) =>
      new SchemaRecords({
        ...input,
        encoder,
        serializeKey,
        topic: values.topic!,
        maxRequestSize,
        stopsAtFault: true,
      }),
  }
}

/** Throws UserError where the properties name no schema. */
function schemaOf(part: RecordPart, type: SchemaType, properties: Properties, cwd: string) {
  const [text, file, id] = [`${part}.schema`, `${part}.schema.file`, `${part}.schema.id`].map((name) =>
    properties.get(name),
  )
  const useId = properties.get('use.schema.id')
  if (id !== undefined || (useId !== undefined && useId !== '-1')) {
    const name = id === undefined ? 'use.schema.id' : `${part}.schema.id`
    const number = Number(id ?? useId)
    if (!Number.isInteger(number) || number < 1) throw new UserError(`${name}=${id ?? useId} is no id of a schema`)
    return { id: number }
  }
  if (text === undefined && file === undefined)
    throw new UserError(
      `Must provide the ${part} schema in either ${part}.schema, ${part}.schema.id, or ${part}.schema.file`,
    )
  return {
    type,
    text: text ?? readText(file!, { cwd, before: `${part}.schema.file: ` }),
    references: referencesOf(part, properties),
    origin: text === undefined ? `${part}.schema.file` : `${part}.schema`,
  }
}

/** `value.refs`: `[{"name": …, "subject": …, "version": …}]`. Throws UserError. */
function referencesOf(part: RecordPart, properties: Properties): SchemaReference[] {
  const text = properties.get(`${part}.refs`)
  if (text === undefined) return []
  try {
    const list = JSON.parse(text) as SchemaReference[]
    return list.map(({ name, subject, version }) => {
      if (typeof name !== 'string' || typeof subject !== 'string' || !Number.isInteger(version)) throw new TypeError()
      return { name, subject, version }
    })
  } catch {
    throw new UserError(`${part}.refs takes a list of {"name", "subject", "version"}, not ${text}`)
  }
}
