import { CONSOLE_CLASSES, DEFAULT_REGISTRY_URL, refuseProperties } from '../../lib/schemas/console-tools.ts'
import type { SchemaType } from '../../lib/schemas/format.ts'
import { defineCommand, type Order } from '../../lib/work/command.ts'
import { UserError } from '../../lib/errors.ts'
import { check } from './check.ts'
import { awaitsOf } from './decoded-parts.ts'
import { isOn } from './formatters/default-formatter.ts'
import { schemaFormatter, schemaFormatterParts } from './formatters/schema-formatter.ts'
import { options, type ConsumeValues } from './options.ts'
import { formatterProperties } from './properties.ts'
import { run, viewAsAsked, type Viewing } from './run.ts'

/** Confluent's kafka-avro-console-consumer and its siblings: Apache's tool with another formatter. */
export const schemaConsumer = (type: SchemaType) =>
  defineCommand({
    options: optionsOfTool,
    check,
    stream: (order) => run(order, (of, properties) => viewBySchemas(type, of, properties)),
  })

/** Every tutorial of Confluent's says --property, and what is printed goes into pipes: it is no old name here. */
const optionsOfTool = options.map((option) =>
  option.name === 'property'
    ? { ...option, deprecatedFor: undefined, about: 'The same as --formatter-property.' }
    : option,
) as unknown as typeof options

async function viewBySchemas(
  type: SchemaType,
  order: Order<ConsumeValues>,
  consumer: ReadonlyMap<string, string>,
): Promise<Viewing> {
  const { values, context, voice } = order
  if (values.formatter !== undefined && values.formatter !== `${CONSOLE_CLASSES[type]}MessageFormatter`)
    return viewAsAsked(order, consumer)
  const given = formatterProperties(values, context.cwd)
  refuseProperties(given)
  if (isOn(given, 'use.latest.version'))
    throw new UserError(
      'use.latest.version=true is not supported here: records are shown by the schemas that they name',
    )
  const { openDecoding } = await import('./decoding.ts')
  const { clock, signal } = context
  const decoded = await openDecoding({
    properties: new Map([['schema.registry.url', DEFAULT_REGISTRY_URL], ...consumer, ...given]),
    clock,
    signal,
    parts: schemaFormatterParts(given),
    look: { preservesFieldNames: isOn(given, 'preserve.json.field.name') },
    say: voice.say,
  })
  return { formatter: schemaFormatter(given, decoded), filter: undefined, awaits: awaitsOf(decoded) }
}
