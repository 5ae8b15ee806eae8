import type { Long } from './wire.ts'

/** A whole number as it goes over the wire; null where it is not known. */
export const longOf = (value: bigint | null): Long | null => (value === null ? null : String(value))
