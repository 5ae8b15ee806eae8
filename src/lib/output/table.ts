import { createRequire } from 'node:module'
import type CliTable3 from 'cli-table3'
import { shownName } from './shown.ts'
import { style } from './style.ts'

export interface TableOptions {
  /** Columns of numbers, by index: set to the right. */
  readonly right?: readonly number[]
}

/** Borders are left out: columns stay easy to copy and to read aloud. */
const noBorders = Object.fromEntries(
  ['top', 'top-mid', 'top-left', 'top-right', 'bottom', 'bottom-mid', 'bottom-left', 'bottom-right', 'left', 'left-mid', 'mid', 'mid-mid', 'right', 'right-mid', 'middle']
    .map((part) => [part, part === 'middle' ? '  ' : '']),
)

/**
 * A table for a person at a terminal, every line ended by a newline. Cells are as wide as their widest content, and no
 * line end or control character of a name leaves its cell.
 */
export function renderTable(head: readonly string[], rows: readonly (readonly string[])[], { right = [] }: TableOptions = {}): string {
  const table = new (loadTable())({
    head: head.map((cell) => style.stdout.bold(cell)),
    chars: noBorders,
    style: { 'padding-left': 0, 'padding-right': 0, head: [], border: [] },
    colAligns: head.map((_, column) => (right.includes(column) ? 'right' : 'left')),
  })
  table.push(...rows.map((row) => row.map(shownName)))
  return table.toString().replace(/ +$/gm, '') + '\n'
}

/** Loaded for the first table only: most commands answer a pipe, and it takes longer than all the rest of their start. */
function loadTable(): typeof CliTable3 {
  return createRequire(import.meta.url)('cli-table3') as typeof CliTable3
}
