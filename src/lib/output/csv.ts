/** What stands in one line of a plan: `group,topic,partition,offset`, the group left out where there is only one. */
export type CsvCells = readonly (string | number | bigint)[]

/** One line, in quotes wherever Apache's writer (Jackson's, with its defaults) puts them. */
export const csvLine = (cells: CsvCells): string =>
  `${cells.map((cell) => (typeof cell === 'string' ? quote(cell) : cell)).join(',')}\n`

/** Jackson quotes without a closer look what is longer than this. */
const CHECKED_LENGTH = 24

/** Signs below the highest one that has a meaning, which is the comma, are quoted too. */
const quote = (cell: string): string =>
  cell.length > CHECKED_LENGTH || /[\0-,]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell

/** The cells of one line; null where quotes are not closed, or something stands after them. */
export function readCsvLine(line: string): string[] | null {
  const cells: string[] = []
  for (let rest = line; ; ) {
    const match = /^\s*(?:"((?:[^"]|"")*)"\s*|([^",]*))(,|$)/.exec(rest)
    if (!match) return null
    const [whole, quoted, plain = '', divider] = match
    cells.push(quoted === undefined ? plain.trim() : quoted.replaceAll('""', '"'))
    if (divider === '') return cells
    rest = rest.slice(whole.length)
  }
}
