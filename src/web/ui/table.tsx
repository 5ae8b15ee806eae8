import type { ComponentChildren, JSX } from 'preact'
import { useLayoutEffect, useRef, useState } from 'preact/hooks'

export interface Column<R> {
  readonly title: string
  readonly cell: (row: R) => ComponentChildren
  readonly isNumber?: boolean
  /** Gets the room that the others leave. */
  readonly isLong?: boolean
  /** Left out where there is little room. */
  readonly isWide?: boolean
  /** What rows are sorted by; without it they are not by this column. */
  readonly by?: (row: R) => string | bigint | number
}

export interface TableProps<R> {
  readonly label: string
  readonly columns: readonly Column<R>[]
  readonly rows: readonly R[]
  readonly keyOf: (row: R) => string
  readonly isChosen?: (row: R) => boolean
  readonly onChoose?: (row: R) => void
  /** Told of the rows in view. */
  readonly onView?: (rows: readonly R[]) => void
}

const ROW = 36
const SPARE = 8

/** A table of any length: the rows in view are there, and room for the others. */
export function Table<R>({ label, columns, rows, keyOf, isChosen, onChoose, onView }: TableProps<R>): JSX.Element {
  const scroller = useRef<HTMLDivElement>(null)
  const [span, setSpan] = useState({ first: 0, count: 40 })
  const [sort, setSort] = useState<{ readonly title: string; readonly isDown: boolean } | null>(null)
  const sorted = sortedBy(rows, columns, sort)
  const look = (): void => {
    const { scrollTop, clientHeight } = scroller.current!
    const first = Math.max(0, Math.floor(scrollTop / ROW) - SPARE)
    setSpan({ first, count: Math.ceil(clientHeight / ROW) + 2 * SPARE })
  }
  useLayoutEffect(look, [])
  const first = Math.min(span.first, Math.max(0, sorted.length - span.count))
  const shown = sorted.slice(first, first + span.count)
  const names = shown.map(keyOf).join('\n')
  useLayoutEffect(() => onView?.(shown), [names])
  const after = Math.max(0, sorted.length - first - shown.length)
  return (
    <div class="card scroller" ref={scroller} onScroll={look} tabIndex={0} role="region" aria-label={label}>
      <table aria-rowcount={sorted.length + 1}>
        <thead>
          <tr>
            {columns.map((column) => (
              <Head
                key={column.title}
                column={column}
                direction={sort?.title === column.title ? (sort.isDown ? 'descending' : 'ascending') : 'none'}
                onSort={() => setSort({ title: column.title, isDown: sort?.title === column.title && !sort.isDown })}
              />
            ))}
          </tr>
        </thead>
        <tbody>
          <Spacer rows={first} columns={columns.length} />
          {shown.map((row) => (
            <tr
              key={keyOf(row)}
              class={isChosen?.(row) ? 'chosen' : undefined}
              onClick={onChoose && (() => onChoose(row))}
            >
              {columns.map(({ cell, ...column }) => (
                <td key={column.title} class={classes(column)}>
                  {cell(row)}
                </td>
              ))}
            </tr>
          ))}
          <Spacer rows={after} columns={columns.length} />
        </tbody>
      </table>
    </div>
  )
}

interface HeadProps<R> {
  readonly column: Column<R>
  readonly direction: 'ascending' | 'descending' | 'none'
  readonly onSort: () => void
}

const SIGNS = { ascending: ' ↑', descending: ' ↓', none: '' }

function Head<R>({ column, direction, onSort }: HeadProps<R>): JSX.Element {
  const { title, by } = column
  return (
    <th scope="col" class={classes(column)} {...(by && { 'aria-sort': direction })}>
      {by ? (
        <button type="button" onClick={onSort}>
          {title}
          {SIGNS[direction]}
        </button>
      ) : (
        title
      )}
    </th>
  )
}

const Spacer = ({ rows, columns }: { readonly rows: number; readonly columns: number }): JSX.Element | null =>
  rows === 0 ? null : (
    <tr class="spacer" aria-hidden="true">
      <td colSpan={columns} height={rows * ROW} />
    </tr>
  )

const classes = ({ isNumber, isWide, isLong }: Omit<Column<never>, 'cell' | 'by'>): string | undefined =>
  [isNumber && 'number', isWide && 'wide', isLong && 'long'].filter(Boolean).join(' ') || undefined

function sortedBy<R>(
  rows: readonly R[],
  columns: readonly Column<R>[],
  sort: { readonly title: string; readonly isDown: boolean } | null,
): readonly R[] {
  const by = sort && columns.find(({ title }) => title === sort.title)?.by
  if (!by) return rows
  const factor = sort.isDown ? -1 : 1
  return [...rows].sort((a, b) => {
    const [one, other] = [by(a), by(b)]
    return one < other ? -factor : one > other ? factor : 0
  })
}
