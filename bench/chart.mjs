// Charts of time against size, both axes logarithmic, as one SVG; the dashed line is what linear growth would be.
const WIDTH = 360
const HEIGHT = 260
const MARGIN = { left: 56, right: 16, top: 36, bottom: 44 }

/** `charts`: `{ title, unit, points: [{ x, y }] }`, y in seconds. */
export function drawCharts(charts) {
  const panels = charts
    .map((chart, index) => `<g transform="translate(${index * WIDTH} 0)">${panel(chart)}</g>`)
    .join('\n')
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${charts.length * WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="11">
<rect width="100%" height="100%" fill="white"/>
${panels}
</svg>
`
}

function panel({ title, unit, points }) {
  const x = scale(
    points.map((point) => point.x),
    MARGIN.left,
    WIDTH - MARGIN.right,
  )
  const y = scale(
    points.map((point) => point.y),
    HEIGHT - MARGIN.bottom,
    MARGIN.top,
  )
  const [first] = points
  const linear = points
    .map((point) => ({ x: point.x, y: first.y * (point.x / first.x) }))
    .filter((point) => point.y <= y.most)
  return [
    `<text x="${MARGIN.left}" y="18" font-weight="bold">${title}</text>`,
    `<path d="M${MARGIN.left} ${MARGIN.top}V${HEIGHT - MARGIN.bottom}H${WIDTH - MARGIN.right}" fill="none" stroke="#888"/>`,
    ...points.map(
      (point) =>
        `<text x="${x(point.x)}" y="${HEIGHT - MARGIN.bottom + 16}" text-anchor="middle">${point.x.toLocaleString('en')}</text>`,
    ),
    `<text x="${(MARGIN.left + WIDTH) / 2}" y="${HEIGHT - 10}" text-anchor="middle" fill="#555">${unit}</text>`,
    line(linear, x, y, 'stroke="#bbb" stroke-dasharray="4 4"'),
    line(points, x, y, 'stroke="#06c" stroke-width="2"'),
    ...points.map(
      (point) =>
        `<circle cx="${x(point.x)}" cy="${y(point.y)}" r="3" fill="#06c"/><text x="${x(point.x) - 6}" y="${y(point.y) - 7}" text-anchor="end">${point.y.toFixed(2)} s</text>`,
    ),
  ].join('\n')
}

function scale(values, from, to) {
  const [least, most] = [Math.min(...values), Math.max(...values) * 1.2]
  const at = (value) => Math.round(from + ((to - from) * Math.log(value / least)) / Math.log(most / least))
  return Object.assign(at, { most })
}

const line = (points, x, y, style) =>
  `<polyline fill="none" ${style} points="${points.map((point) => `${x(point.x)},${y(point.y)}`).join(' ')}"/>`
