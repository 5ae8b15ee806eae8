import { isDefault, isField, within, type Field, type Fields } from '../schema.ts'
import type { StoredMessage } from '../message-type.ts'

/** How JSON says what it has no own form for. */
export interface JsonForm {
  /** Bytes of a field, as a JSON value. */
  bytes(name: string, value: Buffer): string
  /** A number of 64 bits. */
  long(value: bigint): string
  /** A finite number of those that Java calls doubles. */
  double(value: number): string
}

const PLAIN: JsonForm = {
  bytes: (_name, value) => JSON.stringify(value.toString('base64')),
  long: String,
  double: String,
}

/**
 * A message in the JSON of Kafka's own converters (JsonConverterGenerator): what the version does not carry is left
 * out, and so is a tagged field that has its default; unless the form says otherwise, bytes in base64, and numbers of
 * 64 bits as they are.
 */
export function messageJson({ type, version, values }: StoredMessage, form: Partial<JsonForm> = {}): string {
  return objectJson(type.fields, version, values, { ...PLAIN, ...form })
}

function objectJson(
  fields: Fields,
  version: number,
  values: Readonly<Record<string, unknown>>,
  form: JsonForm,
): string {
  const shown = Object.entries(fields).filter(
    ([name, field]) => within(field.versions, version) && !(isTagged(field, version) && isDefault(field, values[name])),
  )
  return `{${shown.map(([name, field]) => `"${name}":${valueJson(name, field, version, values[name], form)}`).join(',')}}`
}

const isTagged = (field: Field, version: number): boolean =>
  field.tag !== undefined && within(field.tagged ?? field.versions, version)

function valueJson(name: string, field: Field, version: number, value: unknown, form: JsonForm): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return `[${value.map((item) => itemJson(name, field.of!, version, item, form)).join(',')}]`
  if (Buffer.isBuffer(value)) return form.bytes(name, value)
  if (field.type === 'struct') return objectJson(field.of as Fields, version, value as Record<string, unknown>, form)
  if (typeof value === 'bigint') return form.long(value)
  if (field.type === 'float64') return doubleJson(value as number, form)
  return typeof value === 'string' ? textJson(value) : String(value)
}

const itemJson = (name: string, of: Field | Fields, version: number, item: unknown, form: JsonForm): string =>
  isField(of)
    ? valueJson(name, of, version, item, form)
    : objectJson(of, version, item as Record<string, unknown>, form)

/** What is no number in JSON is a string, as Jackson has it. */
const doubleJson = (value: number, form: JsonForm): string =>
  Number.isFinite(value) ? form.double(value) : `"${value}"`

/** As JSON.stringify, but with Jackson's capitals in the escapes: `\u001F`. */
const textJson = (text: string): string =>
  JSON.stringify(text).replace(/\\(?:u([0-9a-f]{4})|.)/g, (escape, code?: string) =>
    code === undefined ? escape : `\\u${code.toUpperCase()}`,
  )
