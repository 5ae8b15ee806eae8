import type { JSX } from 'preact'

/** A line of what was seen, with nothing below 0; the last value stands beside it. */
export function Chart({ label, values }: { readonly label: string; readonly values: readonly number[] }): JSX.Element {
  const highest = Math.max(1, ...values)
  const step = 600 / Math.max(values.length - 1, 1)
  const points = values.map(
    (value, index) => `${(index * step).toFixed(1)},${(98 - (value / highest) * 94).toFixed(1)}`,
  )
  // One look is a line already: it has not moved.
  const line =
    points.length === 1
      ? `M${points[0]}L600,${points[0]!.split(',')[1]}`
      : points.length > 1
        ? `M${points.join('L')}`
        : ''
  return (
    <svg class="chart" viewBox="0 0 600 100" preserveAspectRatio="none" role="img" aria-label={label}>
      {line === '' ? null : <path class="area" d={`${line}L600,100L0,100Z`} />}
      <path d={line} />
    </svg>
  )
}
