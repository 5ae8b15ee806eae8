// The result of the suite at a glance: cases passed, for each tool and pairing.

/** `columns`: `{ pairing, results: [{ case, ok }], seconds }`. */
export function tableOf(columns) {
  const tools = [...new Set(columns.flatMap(({ results }) => results.map(toolOf)))].sort()
  const rows = tools.map((tool) => [
    tool,
    ...columns.map(({ results }) => share(results.filter((result) => toolOf(result) === tool))),
  ])
  const totals = ['all', ...columns.map(({ results }) => share(results))]
  const times = ['seconds', ...columns.map(({ seconds }) => seconds.toFixed(0))]
  return format([['cases passed', ...columns.map(({ pairing }) => pairing)], ...rows, totals, times])
}

const toolOf = (result) => result.case.split('/')[0]
const share = (results) => `${results.filter(({ ok }) => ok).length}/${results.length}`

function format(rows) {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)))
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column]))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}
