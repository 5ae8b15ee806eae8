import type { Result } from '../../lib/command/define.ts'
import { renderTable } from '../../lib/output/table.ts'

export interface Column<T> {
  /** In Apache's table, and in ours. */
  readonly titles: readonly [string, string]
  /** What Apache's table shows. */
  value(row: T): string
  /** Ours, where it is another. */
  plain?(row: T): string
  readonly isNumber?: boolean
}

/** Rows as Apache's table (ToolsUtils.prettyPrintTable: padded cells, a tab behind each), as ours, and as data. */
export function showRows<T>(
  rows: readonly T[],
  columns: readonly Column<T>[],
  { data, none }: { data: unknown; none: string },
): Result {
  return {
    data,
    text: () =>
      tabbed([
        columns.map(({ titles: [title] }) => title),
        ...rows.map((row) => columns.map(({ value }) => value(row))),
      ]),
    table: () =>
      rows.length === 0
        ? `${none}\n`
        : renderTable(
            columns.map(({ titles: [, title] }) => title),
            rows.map((row) => columns.map(({ value, plain = value }) => plain(row))),
            { right: columns.flatMap(({ isNumber }, index) => (isNumber ? [index] : [])) },
          ),
  }
}

function tabbed(lines: readonly (readonly string[])[]): string {
  const widths = lines[0]!.map((_, column) => Math.max(...lines.map((cells) => cells[column]!.length)))
  return lines.map((cells) => `${cells.map((cell, column) => `${cell.padEnd(widths[column]!)}\t`).join('')}\n`).join('')
}

/** A moment for people: `2026-03-01T12:00:00Z`. */
export const momentOf = (ms: number | bigint): string =>
  Number(ms) < 0 ? '-' : new Date(Number(ms)).toISOString().replace('.000Z', 'Z')
