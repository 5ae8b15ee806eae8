import type { Field } from './model/types.ts'

/** The name of a change in Confluent's registry, and what it is in words. */
export interface Problem {
  readonly kind: string
  readonly sentence: string
}

/** Types of a group are the same on the wire, or close enough (protobuf.dev, "Updating a message type"). */
const WIRE_GROUPS = [
  ['int32', 'int64', 'uint32', 'uint64', 'bool', 'enum'],
  ['sint32', 'sint64'],
  ['string', 'bytes'],
  ['fixed32', 'sfixed32'],
  ['fixed64', 'sfixed64'],
  ['float'],
  ['double'],
]

/** What the field can no longer be read as. */
export function kindProblem(reader: Field, writer: Field): Problem | undefined {
  const [now, before] = [kindOf(reader), kindOf(writer)]
  const sentence = `the type was ${before} and is ${now}`
  const [isMessageNow, wasMessage] = [reader.message !== undefined, writer.message !== undefined]
  if (isMessageNow || wasMessage) return now === before ? undefined : { kind: 'FIELD_KIND_CHANGED', sentence }
  const isSame = WIRE_GROUPS.some((group) => group.includes(now) && group.includes(before))
  return isSame ? undefined : { kind: 'FIELD_SCALAR_KIND_CHANGED', sentence }
}

const kindOf = ({ type, isMap }: Field): string => (isMap ? 'map' : type)

/**
 * Numbers that repeat are packed, and those that do not repeat are not. A field without a label is as Confluent's
 * registry takes it: only a label that changes into another one counts.
 */
export function labelProblem(reader: Field, writer: Field): Problem | undefined {
  const [now, before] = [reader.element.label, writer.element.label]
  const isNumeric = !['message', 'group', 'string', 'bytes'].includes(reader.type)
  if (!isNumeric || now === undefined || before === undefined || now === before) return undefined
  return { kind: 'FIELD_NUMERIC_LABEL_CHANGED', sentence: `the field was ${before} and is ${now}` }
}
