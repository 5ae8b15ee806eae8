/**
 * Floating-point numbers in the words of Java's Double.toString and Float.toString: the shortest digits that name the
 * number and no other, at least one on either side of the point, and an exponent outside 0.001 … 10,000,000.
 */
export function javaDouble(value: number): string {
  return special(value) ?? inJavaForm(shortest(value, 17, (text) => Number(text) === value))
}

/** `value` holds a 32-bit float. */
export function javaFloat(value: number): string {
  return special(value) ?? inJavaForm(shortest(value, 9, (text) => Math.fround(Number(text)) === value))
}

/**
 * As Java's `%.Nf`: rounded half up from the shortest digits that name the number, where toFixed goes by its exact
 * value.
 */
export function javaFixed(value: number, fractionDigits: number): string {
  if (!Number.isFinite(value)) return special(value)!
  const [mantissa = '', exponent = ''] = Math.abs(value).toExponential().split('e')
  const digits = mantissa.replace('.', '')
  const kept = Number(exponent) + 1 + fractionDigits
  const units = kept < 0 ? '0' : roundHalfUp(digits.padEnd(kept, '0'), kept)
  const text = units.padStart(fractionDigits + 1, '0')
  const sign = value < 0 || Object.is(value, -0) ? '-' : ''
  return sign + (fractionDigits === 0 ? text : `${text.slice(0, -fractionDigits)}.${text.slice(-fractionDigits)}`)
}

const roundHalfUp = (digits: string, kept: number): string =>
  String(BigInt(digits.slice(0, kept)) + (digits[kept]! >= '5' ? 1n : 0n))

function special(value: number): string | undefined {
  if (Number.isNaN(value)) return 'NaN'
  if (!Number.isFinite(value)) return value > 0 ? 'Infinity' : '-Infinity'
  if (value === 0) return Object.is(value, -0) ? '-0.0' : '0.0'
  return undefined
}

/**
 * In scientific form. Java shows two digits at least, and takes the best two where one would do: 4.9E-324, not 5E-324.
 */
function shortest(value: number, mostDigits: number, isSame: (text: string) => boolean): string {
  for (let digits = 1; digits < mostDigits; digits += 1) {
    if (isSame(value.toExponential(digits - 1))) return value.toExponential(Math.max(digits - 1, 1))
  }
  return value.toExponential(mostDigits - 1)
}

function inJavaForm(scientific: string): string {
  const [, sign = '', first = '', rest = '', exponentText = ''] = /^(-?)(\d)\.(\d+)e([+-]\d+)$/.exec(scientific)!
  const exponent = Number(exponentText)
  const digits = first + rest.replace(/0+$/, '')
  if (exponent < -3 || exponent >= 7) return `${sign}${first}.${digits.slice(1) || '0'}E${exponent}`
  if (exponent < 0) return `${sign}0.${'0'.repeat(-exponent - 1)}${digits}`
  const whole = digits.slice(0, exponent + 1).padEnd(exponent + 1, '0')
  return `${sign}${whole}.${digits.slice(exponent + 1) || '0'}`
}
