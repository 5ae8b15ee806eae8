/**
 * Floating-point numbers in the words of Java's Double.toString and Float.toString (JDK 19 and later): the shortest
 * digits that name the number and no other, at least one on either side of the point, and an exponent outside
 * 0.001 … 10,000,000.
 */
export function javaDouble(value: number): string {
  const magnitude = Math.abs(value)
  // Here JavaScript writes the same digits, without an exponent.
  if (magnitude >= 1e-3 && magnitude < 1e7) return withPoint(String(value))
  return special(value) ?? inJavaForm(twoDigits(value, value.toExponential()))
}

/** `value` holds a 32-bit float. */
export function javaFloat(value: number): string {
  const magnitude = Math.abs(value)
  if (magnitude >= 1 && magnitude < 1e7 && Number.isInteger(value)) return `${value}.0`
  return special(value) ?? inJavaForm(twoDigits(value, shortestFloat(value)))
}

const withPoint = (text: string): string => (text.includes('.') ? text : `${text}.0`)

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

/** Java shows two digits at least, and takes the best two where one would do: 4.9E-324, not 5E-324. */
const twoDigits = (value: number, scientific: string): string =>
  scientific.includes('.') ? scientific : value.toExponential(1)

const SMALLEST_NORMAL_FLOAT = 2 ** -126

/**
 * In scientific form. Decimals of six digits are all different floats, unless these have fewer bits; nine digits tell
 * any two floats apart.
 */
function shortestFloat(value: number): string {
  for (let digits = Math.abs(value) < SMALLEST_NORMAL_FLOAT ? 1 : 6; digits < 9; digits += 1) {
    const text = value.toExponential(digits - 1)
    if (Math.fround(Number(text)) === value) return text.replace(/\.?0+e/, 'e')
  }
  return value.toExponential(8)
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
