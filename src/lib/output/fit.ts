import { widthOf, wrap } from './width.ts'

/** Which columns give way on a narrow terminal, by their headings. */
export interface Yielding {
  /** Ids of which the end says enough. */
  readonly shorten?: readonly string[]
  /** What is wide and moves to lines of its own. */
  readonly below?: string
  /** What may go, in this order. */
  readonly goes?: readonly string[]
  /** Numbers: they go rather than be cut. */
  readonly rigid?: readonly string[]
}

export interface Grid {
  readonly head: readonly string[]
  readonly rows: readonly (readonly string[])[]
  /** Of each row: lines beneath it. */
  readonly beneath: readonly (readonly string[])[]
  /** Where columns are narrower than what is in them. */
  readonly widths?: readonly number[]
}

const GAP = 2
/** What is left of an id. */
const TAIL = 8
/** Columns are not made narrower than this. */
const LEAST_WIDTH = 8
const INDENT = '  '

export const gridOf = (head: readonly string[], rows: readonly (readonly string[])[]): Grid => ({
  head,
  rows,
  beneath: rows.map(() => []),
})

export const widthsOf = ({ head, rows }: Grid): number[] =>
  head.map((title, column) => rows.reduce((most, row) => Math.max(most, widthOf(row[column] ?? '')), widthOf(title)))

const totalOf = (widths: readonly number[]): number => widths.reduce((sum, width) => sum + width + GAP, -GAP)

/**
 * The grid in so many columns of a terminal. What it takes is done step by step until it fits: columns go that are
 * empty everywhere, ids are shortened, wide values move beneath their row, columns go that matter least; at last cells
 * are divided at blanks, and what is still too long is cut. Output for programs has all of it.
 */
export function fitGrid(grid: Grid, width: number, { shorten = [], below, goes = [], rigid = [] }: Yielding): Grid {
  const steps: ((grid: Grid) => Grid)[] = [
    withoutEmpty,
    ...shorten.map((title) => (from: Grid) => shortened(from, title)),
    ...(below === undefined ? [] : [(from: Grid) => movedBelow(from, below, width)]),
    ...goes.map((title) => (from: Grid) => without(from, (head) => head === title)),
  ]
  let fitted = grid
  for (const step of steps) {
    if (totalOf(widthsOf(fitted)) <= width) return fitted
    fitted = step(fitted)
  }
  if (fitted.rows.length === 1 && totalOf(widthsOf(fitted)) > width) fitted = upright(grid)
  while (fitted.head.length > 1 && leastOf(fitted, rigid) > width)
    fitted = without(fitted, (_, column) => column === fitted.head.length - 1)
  return squeezed(fitted, width, rigid)
}

function withoutEmpty(grid: Grid): Grid {
  return without(grid, (_, column) => column > 0 && grid.rows.every((row) => (row[column] ?? '') === ''))
}

function without({ head, rows, beneath }: Grid, isGone: (title: string, column: number) => boolean): Grid {
  const kept = head.flatMap((title, column) => (isGone(title, column) ? [] : [column]))
  return {
    head: kept.map((column) => head[column]!),
    rows: rows.map((row) => kept.map((column) => row[column] ?? '')),
    beneath,
  }
}

function shortened(grid: Grid, title: string): Grid {
  const column = grid.head.indexOf(title)
  const shorter = (cell: string): string => (widthOf(cell) > TAIL + 1 ? `…${cell.slice(-TAIL)}` : cell)
  return { ...grid, rows: grid.rows.map((row) => row.map((cell, index) => (index === column ? shorter(cell) : cell))) }
}

function movedBelow(grid: Grid, title: string, width: number): Grid {
  const column = grid.head.indexOf(title)
  if (column < 0) return grid
  const linesOf = (cell: string): string[] =>
    cell === '' ? [] : wrap(cell, width - INDENT.length).map((line) => INDENT + line)
  return {
    ...without(grid, (_, index) => index === column),
    beneath: grid.rows.map((row, index) => [...grid.beneath[index]!, ...linesOf(row[column] ?? '')]),
  }
}

const leastOf = (grid: Grid, rigid: readonly string[]): number =>
  totalOf(
    widthsOf(grid).map((width, column) => (rigid.includes(grid.head[column]!) ? width : Math.min(width, LEAST_WIDTH))),
  )

/** One row as lines: each heading with its value. */
const upright = ({ head, rows }: Grid): Grid =>
  gridOf(
    ['', ''],
    head.map((title, column) => [title, rows[0]![column] ?? '']),
  )

/** The widest columns give, as much as it takes. */
function squeezed(grid: Grid, width: number, rigid: readonly string[]): Grid {
  const widths = widthsOf(grid)
  for (let excess = totalOf(widths) - width; excess > 0; excess -= 1) {
    const soft = widths.map((each, column) => (rigid.includes(grid.head[column]!) && each < width ? 0 : each))
    const widest = soft.indexOf(Math.max(...soft))
    if (soft[widest]! <= 1) break
    widths[widest]! -= 1
  }
  const divided = grid.rows.map((row) => row.map((cell, column) => wrap(cell, widths[column]!)))
  const rows: string[][] = []
  const beneath: (readonly string[])[] = []
  divided.forEach((cells, index) => {
    const height = Math.max(...cells.map((lines) => lines.length))
    for (let line = 0; line < height; line += 1) {
      rows.push(cells.map((lines) => lines[line] ?? ''))
      beneath.push(line === height - 1 ? grid.beneath[index]! : [])
    }
  })
  return { head: grid.head, rows, beneath, widths }
}
