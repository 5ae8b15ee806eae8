import type { AvroType, RecordType } from '../model/types.ts'

/** How many bytes a value takes at least, so that a count of them can be held against what is left of a payload. */
export function leastBytes(type: AvroType, known = new Map<RecordType, number>()): number {
  switch (type.kind) {
    case 'null':
      return 0
    case 'float':
      return 4
    case 'double':
      return 8
    case 'fixed':
      return type.size
    case 'record':
      return ofRecord(type, known)
    default:
      return 1
  }
}

function ofRecord(type: RecordType, known: Map<RecordType, number>): number {
  const counted = known.get(type)
  if (counted !== undefined) return counted
  // For one within itself: no less than nothing.
  known.set(type, 0)
  const least = type.fields.reduce((sum, field) => sum + leastBytes(field.type, known), 0)
  known.set(type, least)
  return least
}
