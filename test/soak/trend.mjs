// Whether figures stay where they are.

/** The straight line through points `{ x, y }` that fits best: how much y rises from the first x to the last. */
export function riseOf(points) {
  const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length
  const [x, y] = [mean(points.map((point) => point.x)), mean(points.map((point) => point.y))]
  const slope =
    points.reduce((sum, point) => sum + (point.x - x) * (point.y - y), 0) /
    points.reduce((sum, point) => sum + (point.x - x) ** 2, 0)
  return slope * (points.at(-1).x - points[0].x)
}

/**
 * The lowest point of each of `count` stretches of the same length: what is left of a figure that goes up and down with
 * the work.
 */
export function lowsOf(points, count = 10) {
  const length = Math.ceil(points.length / count)
  const stretches = Array.from({ length: Math.ceil(points.length / length) }, (_, index) =>
    points.slice(index * length, (index + 1) * length),
  )
  return stretches.map((stretch) => stretch.reduce((low, point) => (point.y < low.y ? point : low)))
}
