import type { Content } from '../../../lib/web/wire.ts'

/** What encodes a key or a value that stands in a document as JSON. */
export interface BySchema {
  readonly id: string
  readonly messageIndexes?: readonly number[] | undefined
}

/** A part of a record that is written: text as it is, or JSON that a schema encodes. */
export interface Part {
  readonly text: string
  readonly schema: BySchema | undefined
}

/** What has written a part of a record; one that stands in a header by its GUID is not written again. */
export const schemaOf = (content: Content | null): BySchema | undefined =>
  content?.schema !== undefined && /^\d+$/.test(content.schema)
    ? { id: content.schema, messageIndexes: content.messageIndexes }
    : undefined

/** Whether a part can be written again as it is shown. */
export const isWhole = (content: Content | null): boolean =>
  content === null ||
  (content.text !== undefined &&
    !content.isCut &&
    !content.isHidden &&
    (content.schema === undefined || schemaOf(content) !== undefined))

export const asWritten = (content: Content | null): string => (isWhole(content) ? (content?.text ?? '') : '')

/** Text that a schema is to encode has to be JSON. */
export function isFit({ text, schema }: Part): boolean {
  if (!schema) return true
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

export interface NewRecord {
  readonly key: Part | null
  readonly value: Part | null
  readonly headers: readonly { readonly key: string; readonly value: string }[]
  readonly partition: string
}

/** A line for `kts produce --json`. What is JSON goes in as it was typed, so that numbers keep their digits. */
export function documentOf({ key, value, headers, partition }: NewRecord): string {
  const members = [
    `"key":${textOf(key)}`,
    `"value":${textOf(value)}`,
    ...schemaMembers('key', key),
    ...schemaMembers('value', value),
    `"headers":${JSON.stringify(headers)}`,
    ...(partition === '' ? [] : [`"partition":${Number(partition)}`]),
  ]
  return `{${members.join(',')}}`
}

const textOf = (part: Part | null): string =>
  part === null ? 'null' : part.schema ? part.text.replace(/[\r\n]+/g, ' ') : JSON.stringify(part.text)

function schemaMembers(name: 'key' | 'value', part: Part | null): string[] {
  if (!part?.schema) return []
  const { id, messageIndexes } = part.schema
  const indexes = messageIndexes ? [`"${name}MessageIndexes":${JSON.stringify(messageIndexes)}`] : []
  return [`"${name}SchemaId":${id}`, ...indexes]
}
