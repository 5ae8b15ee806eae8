import { fitGrid, gridOf, widthsOf, type Yielding } from './fit.ts'
import { shownName } from './shown.ts'
import { style } from './style.ts'
import { cut, widthOf } from './width.ts'

export interface TableOptions extends Yielding {
  /** Columns of numbers, by index: set to the right. */
  readonly right?: readonly number[]
}

let screenWidth = Infinity

/** Decides once, for the whole process, how wide tables may be: as the terminal that they go to, or as they are elsewhere. */
export function fitTables({ isTTY, columns }: { readonly isTTY?: boolean; readonly columns?: number }): void {
  screenWidth = isTTY === true && columns !== undefined && columns > 0 ? columns : Infinity
}

/**
 * A table for a person at a terminal, every line ended by a newline. Cells are as wide as their widest content, unless
 * the terminal is narrower; see fitGrid. There are no borders: columns stay easy to copy and to read aloud.
 */
export function renderTable(head: readonly string[], rows: readonly (readonly string[])[], { right = [], ...yielding }: TableOptions = {}): string {
  const numbers = new Set(right.map((column) => head[column]!))
  const grid = fitGrid(gridOf(head, rows.map((row) => row.map(shownName))), screenWidth, { rigid: [...numbers], ...yielding })
  const widths = grid.widths ?? widthsOf(grid)
  const isRight = grid.head.map((title) => numbers.has(title))
  const line = (cells: readonly string[], paint = (text: string): string => text): string =>
    cells.map((cell, column) => set(paint(cell), widths[column]!, isRight[column]!)).join('  ').trimEnd()
  const titles = grid.head.map((title, column) => cut(title, widths[column]!))
  return [...(titles.some((title) => title !== '') ? [line(titles, style.stdout.bold)] : []), ...grid.rows.flatMap((row, index) => [line(row), ...grid.beneath[index]!])].map((text) => `${text}\n`).join('')
}

function set(cell: string, width: number, isRight: boolean): string {
  const blanks = ' '.repeat(Math.max(0, width - widthOf(cell)))
  return isRight ? blanks + cell : cell + blanks
}
