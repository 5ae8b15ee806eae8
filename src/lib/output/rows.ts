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
  if (rows.length === 0 && none !== undefined) return `${none}\n`
  return renderTable(
    columns.map(({ title }) => title),
    rows.map((row) => columns.map(({ value }) => String(value(row)))),
    { right: columns.flatMap(({ isNumber }, index) => (isNumber ? [index] : [])), ...yielding },
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
