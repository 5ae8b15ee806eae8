import type { Yielding } from './fit.ts'
import { renderTable } from './table.ts'

type Cell = string | number | bigint

/** A column of a table, for people; and as Apache's tool has it, where that is different. */
export interface Column<T> {
  readonly title: string
  readonly apacheTitle?: string
  value(row: T): Cell
  apacheValue?(row: T): Cell
  readonly isNumber?: boolean
  /** Left out for people where it would be empty throughout. */
  readonly isOptional?: boolean
  /** Where it stands, when that is not in both tables. */
  readonly only?: 'kts' | 'drop-in'
  /** Of Apache's tables whose columns have widths: at least so wide; as it comes without. */
  readonly width?: number
  /** Whether its widest cell makes it wider. */
  readonly grows?: boolean
}

interface Rows {
  readonly data: unknown
  text(): string
  table(): string
}

/** Rows as data, as Apache's table, and as ours; `none` is the sentence of a table without rows. */
export const showRows = <T>(
  rows: readonly T[],
  columns: readonly Column<T>[],
  { data = rows, ...options }: TableOptions & { readonly data?: unknown } = {},
): Rows => ({ data, text: () => tabbedTable(rows, columns), table: () => tableOf(rows, columns, options) })

interface TableOptions extends Yielding {
  readonly none?: string
}

/** For a person at a terminal. */
export function tableOf<T>(
  rows: readonly T[],
  columns: readonly Column<T>[],
  { none, ...yielding }: TableOptions = {},
): string {
  if (rows.length === 0 && none !== undefined) return none === '' ? '' : `${none}\n`
  const shown = columns.filter(
    ({ only, isOptional, value }) => only !== 'drop-in' && (!isOptional || rows.some((row) => value(row) !== '')),
  )
  return renderTable(
    shown.map(({ title }) => title),
    rows.map((row) => shown.map(({ value }) => String(value(row)))),
    { right: shown.flatMap(({ isNumber }, index) => (isNumber ? [index] : [])), ...yielding },
  )
}

/** Titles and cells of Apache's table. */
export const apacheCells = <T>(rows: readonly T[], columns: readonly Column<T>[]): string[][] => [
  columns.map(({ title, apacheTitle = title }) => apacheTitle),
  ...rows.map((row) => columns.map(({ value, apacheValue = value }) => String(apacheValue(row)))),
]

/** Columns as wide as their widest cell, a tab after each (ToolsUtils.prettyPrintTable). */
function tabbedTable<T>(rows: readonly T[], columns: readonly Column<T>[]): string {
  const lines = apacheCells(rows, columns)
  const widths = columns.map((_, column) => Math.max(...lines.map((cells) => cells[column]!.length)))
  return lines.map((cells) => `${cells.map((cell, column) => `${cell.padEnd(widths[column]!)}\t`).join('')}\n`).join('')
}

/**
 * The lines of Apache's table with cells as Java's `%-15s` sets them: filled up on the right to the width of their
 * column, the last one too, a blank between.
 */
export function fixedLines<T>(rows: readonly T[], columns: readonly Column<T>[]): string[] {
  const shown = columns.filter(({ only }) => only !== 'kts')
  const [head, ...cells] = apacheCells(rows, shown)
  const widths = shown.map(({ width = 0, grows }, column) =>
    grows
      ? widest(
          cells.map((line) => line[column]!),
          width,
        )
      : width,
  )
  return [head!, ...cells].map((line) => line.map((cell, column) => cell.padEnd(widths[column]!)).join(' '))
}

export const widest = (cells: readonly string[], least: number): number =>
  cells.reduce((width, cell) => Math.max(width, cell.length), least)
