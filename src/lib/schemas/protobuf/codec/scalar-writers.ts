import type { ExactJson } from '../../exact-json.ts'
import type { Field, ScalarType } from '../model/types.ts'
import type { Output } from './output.ts'
import { bool, bytes, constant, double, float, integer, textOf } from './parse-scalar.ts'

export type ScalarValue = number | bigint | boolean | string | Buffer

/** From JSON to a value, which may be the default that is left out, and from there to bytes. */
export interface ScalarWriter {
  parse(json: ExactJson): ScalarValue
  write(output: Output, value: ScalarValue): void
}

const writer = <T extends ScalarValue>(
  parse: (json: ExactJson) => T,
  write: (output: Output, value: T) => void,
): ScalarWriter => ({ parse, write: write as ScalarWriter['write'] })

type Integer = number | bigint

const signed32 = (type: ScalarType) => (json: ExactJson) => Number(integer(json, type, -(2n ** 31n), 2n ** 31n - 1n))
const unsigned32 = (type: ScalarType) => (json: ExactJson) => Number(integer(json, type, 0n, 2n ** 32n - 1n))
const signed64 = (type: ScalarType) => (json: ExactJson) => integer(json, type, -(2n ** 63n), 2n ** 63n - 1n)
const unsigned64 = (type: ScalarType) => (json: ExactJson) => integer(json, type, 0n, 2n ** 64n - 1n)

const varint64 = (output: Output, value: Integer): void => output.varint64(value)
const varint32 = (output: Output, value: number): void => output.varint32(value)
const fixed32 = (output: Output, value: number): void => output.fixed32(value)
const fixed64 = (output: Output, value: Integer): void => output.fixed64(value)

const zigzag64 = (value: Integer): bigint => (BigInt(value) << 1n) ^ (BigInt(value) >> 63n)

const WRITERS: Readonly<Record<ScalarType, ScalarWriter>> = {
  // A negative one takes ten bytes.
  int32: writer(signed32('int32'), varint64),
  int64: writer(signed64('int64'), varint64),
  uint32: writer(unsigned32('uint32'), varint32),
  uint64: writer(unsigned64('uint64'), varint64),
  sint32: writer(signed32('sint32'), (output, value) => output.varint32((value << 1) ^ (value >> 31))),
  sint64: writer(signed64('sint64'), (output, value) => output.varint64(zigzag64(value))),
  fixed32: writer(unsigned32('fixed32'), fixed32),
  fixed64: writer(unsigned64('fixed64'), fixed64),
  sfixed32: writer(signed32('sfixed32'), fixed32),
  sfixed64: writer(signed64('sfixed64'), fixed64),
  bool: writer(bool, (output, value) => output.varint32(value ? 1 : 0)),
  float: writer(float, (output, value) => output.float(value)),
  double: writer(double, (output, value) => output.double(value)),
  string: writer(
    (json) => textOf(json, 'a string'),
    (output, value) => output.string(value),
  ),
  bytes: writer(bytes, (output, value) => output.delimitedBytes(value)),
}

export function scalarWriterOf({ type, enumType, isEnumClosed }: Field): ScalarWriter {
  if (enumType === undefined) return WRITERS[type as ScalarType]
  const knownNumbers = new Set(enumType.numbers.values())
  const parse = (json: ExactJson): number => constant(json, enumType, knownNumbers, isEnumClosed)
  // null is the one value of NullValue; for every other enum it is absence, and does not come here.
  return writer((json) => (json === null ? 0 : parse(json)), varint64)
}

/** What is not written where absence stands for it; -0.0 is not 0.0. */
export const isZero = (value: ScalarValue): boolean =>
  Object.is(value, 0) ||
  value === 0n ||
  value === false ||
  value === '' ||
  (Buffer.isBuffer(value) && value.length === 0)
