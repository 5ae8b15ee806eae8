export interface DiffLine {
  readonly sign: '+' | '-' | ' '
  readonly text: string
}

/** Beyond so many lines each, one text is shown as removed and the other as added. */
const MOST_LINES = 2000

/** What has become of one text in the other, line by line: the longest common subsequence stays. */
export function diff(before: readonly string[], after: readonly string[]): DiffLine[] {
  const [m, n] = [before.length, after.length]
  if (m > MOST_LINES || n > MOST_LINES) return [...before.map(line('-')), ...after.map(line('+'))]
  const width = n + 1
  const common = new Uint16Array((m + 1) * width)
  for (let i = m - 1; i >= 0; i -= 1)
    for (let j = n - 1; j >= 0; j -= 1)
      common[i * width + j] =
        before[i] === after[j]
          ? common[(i + 1) * width + j + 1]! + 1
          : Math.max(common[(i + 1) * width + j]!, common[i * width + j + 1]!)
  const lines: DiffLine[] = []
  let [i, j] = [0, 0]
  while (i < m || j < n) {
    if (i < m && j < n && before[i] === after[j]) {
      lines.push({ sign: ' ', text: before[i]! })
      i += 1
      j += 1
    } else if (j === n || (i < m && common[(i + 1) * width + j]! >= common[i * width + j + 1]!))
      lines.push({ sign: '-', text: before[i++]! })
    else lines.push({ sign: '+', text: after[j++]! })
  }
  return lines
}

const line =
  (sign: DiffLine['sign']) =>
  (text: string): DiffLine => ({ sign, text })
