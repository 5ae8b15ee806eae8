/**
 * Cells as Java's `%-15s` sets them: filled up on the right to a width, a blank between; a cell without width stays as
 * it is.
 */
export const setCells = (cells: readonly (string | number | bigint)[], widths: readonly number[]): string =>
  cells.map((cell, index) => `${cell}`.padEnd(widths[index] ?? 0)).join(' ')

/** The width of a column: its longest cell, and Apache's usual 15 at least. */
export const widthOf = (cells: Iterable<string>, least = 15): number => {
  let width = least
  for (const cell of cells) width = Math.max(width, cell.length)
  return width
}
