import type CliTable3 from 'cli-table3'
import { requireFrom } from '../require-from.ts'
import { fitGrid, gridOf, widthsOf, type Yielding } from './fit.ts'
import { shownName } from './shown.ts'
import { style } from './style.ts'
import { tableWidth } from './table-width.ts'
import { cut } from './width.ts'

export interface TableOptions extends Yielding {
  /** Columns of numbers, by index: set to the right. */
  readonly right?: readonly number[]
}

/** Borders are left out: columns stay easy to copy and to read aloud. */
const noBorders = Object.fromEntries(
  [
    'top',
    'top-mid',
    'top-left',
    'top-right',
    'bottom',
    'bottom-mid',
    'bottom-left',
    'bottom-right',
    'left',
    'left-mid',
    'mid',
    'mid-mid',
    'right',
    'right-mid',
    'middle',
  ].map((part) => [part, part === 'middle' ? '  ' : '']),
)

/**
 * A table for a person at a terminal, every line ended by a newline. Cells are as wide as their widest content, unless
 * the terminal is narrower; see fitGrid.
 */
export function renderTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  { right = [], ...yielding }: TableOptions = {},
): string {
  const numbers = new Set(right.map((column) => head[column]!))
  const grid = fitGrid(
    gridOf(
      head,
      rows.map((row) => row.map(shownName)),
    ),
    tableWidth(),
    { rigid: [...numbers], ...yielding },
  )
  const widths = grid.widths ?? widthsOf(grid)
  const hasHead = grid.head.some((title) => title !== '')
  const table = new (loadTable())({
    head: hasHead ? grid.head.map((title, column) => style.stdout.bold(cut(title, widths[column]!))) : [],
    chars: noBorders,
    style: { 'padding-left': 0, 'padding-right': 0, head: [], border: [] },
    colAligns: grid.head.map((title) => (numbers.has(title) ? 'right' : 'left')),
    colWidths: widths.map((width) => Math.max(1, width)),
  })
  table.push(...grid.rows.map((row) => [...row]))
  const lines = table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
  const heads = hasHead ? lines.splice(0, 1) : []
  return [...heads, ...lines.flatMap((line, index) => [line, ...(grid.beneath[index] ?? [])])]
    .map((line) => `${line}\n`)
    .join('')
}

/**
 * Loaded for the first table only: most commands answer a pipe, and it takes longer than all the rest of their start.
 */
function loadTable(): typeof CliTable3 {
  return requireFrom(import.meta.url)('cli-table3') as typeof CliTable3
}
