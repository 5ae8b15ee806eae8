import type { Field, ScalarType } from '../model/types.ts'

export const VARINT = 0
export const FIXED64 = 1
export const LENGTH_DELIMITED = 2
export const START_GROUP = 3
export const END_GROUP = 4
export const FIXED32 = 5

const OF_SCALARS: Readonly<Record<ScalarType, number>> = {
  double: FIXED64,
  float: FIXED32,
  int64: VARINT,
  uint64: VARINT,
  int32: VARINT,
  fixed64: FIXED64,
  fixed32: FIXED32,
  bool: VARINT,
  string: LENGTH_DELIMITED,
  bytes: LENGTH_DELIMITED,
  uint32: VARINT,
  sfixed32: FIXED32,
  sfixed64: FIXED64,
  sint32: VARINT,
  sint64: VARINT,
}

export function wireTypeOf({ type }: Field): number {
  if (type === 'message') return LENGTH_DELIMITED
  if (type === 'group') return START_GROUP
  return type === 'enum' ? VARINT : OF_SCALARS[type]
}

/** Unsigned, as it stands before each field. */
export const tagOf = (number: number, wireType: number): number => ((number << 3) | wireType) >>> 0

/** As Java's CodedInputStream: messages, groups and entries of maps within each other. */
export const DEEPEST = 100
