import { Misfit } from './misfit.ts'

/** Digits of a decimal that are worth a text: the time that it takes grows faster than they do. */
const MOST_BYTES = 512
const MOST_DIGITS = 2500
export const MOST_PLACES = 1000

/** The number that the bytes of a two's complement are, the highest first; undefined for none, and for too many. */
export function fromTwosComplement(bytes: Buffer): bigint | undefined {
  if (bytes.length === 0 || bytes.length > MOST_BYTES) return undefined
  return BigInt.asIntN(bytes.length * 8, BigInt(`0x${bytes.toString('hex')}`))
}

/** In as few bytes as hold it, or in exactly `size`; undefined where it does not go in. */
export function toTwosComplement(value: bigint, size?: number): Buffer | undefined {
  const least = bytesFor(value)
  const length = size ?? least
  if (length < least) return undefined
  return Buffer.from(
    BigInt.asUintN(length * 8, value)
      .toString(16)
      .padStart(length * 2, '0'),
    'hex',
  )
}

function bytesFor(value: bigint): number {
  const bits = (value < 0n ? ~value : value).toString(2)
  return Math.floor((bits === '0' ? 0 : bits.length) / 8) + 1
}

/** `unscaled` / 10^`scale` with its point, every digit of it. */
export function decimalText(unscaled: bigint, scale: number): string {
  if (scale < 0) return `${unscaled}E${-scale}`
  if (scale === 0) return String(unscaled)
  const digits = String(unscaled < 0n ? -unscaled : unscaled).padStart(scale + 1, '0')
  return `${unscaled < 0n ? '-' : ''}${digits.slice(0, -scale)}.${digits.slice(-scale)}`
}

/** A number of JSON as an integer and how many of its digits are behind the point. */
export function parseDecimal(number: string): { unscaled: bigint; scale: number } {
  const [mantissa = '', exponent = '0'] = number.toLowerCase().split('e')
  const [whole = '', fraction = ''] = mantissa.split('.')
  if (number.length > MOST_DIGITS || Math.abs(Number(exponent)) > MOST_DIGITS) {
    throw new Misfit(`a decimal of more than ${MOST_DIGITS} digits`)
  }
  return { unscaled: BigInt(whole + fraction), scale: fraction.length - Number(exponent) }
}

/** The integer that the number is at another scale. Throws Misfit where digits would be lost. */
export function atScale({ unscaled, scale }: { unscaled: bigint; scale: number }, wanted: number): bigint {
  if (scale <= wanted) return unscaled * 10n ** BigInt(wanted - scale)
  const divisor = 10n ** BigInt(scale - wanted)
  if (unscaled % divisor !== 0n)
    throw new Misfit(`${decimalText(unscaled, scale)} has more than ${wanted} decimal places`)
  return unscaled / divisor
}
