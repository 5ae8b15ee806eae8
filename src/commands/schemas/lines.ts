/** Longer texts are compared as a whole: time and memory grow with the product of their lengths. */
const MOST_CELLS = 4_000_000

/** The lines of two texts in one list, as diff(1) marks them: a blank, a minus or a plus in front. */
export function diffLines(from: readonly string[], to: readonly string[]): string[] {
  let start = 0
  while (start < from.length && start < to.length && from[start] === to[start]) start += 1
  let end = 0
  while (end < Math.min(from.length, to.length) - start && from.at(-1 - end) === to.at(-1 - end)) end += 1
  const [left, right] = [from.slice(start, from.length - end), to.slice(start, to.length - end)]
  return [
    ...from.slice(0, start).map((line) => ` ${line}`),
    ...diffMiddle(left, right),
    ...from.slice(from.length - end).map((line) => ` ${line}`),
  ]
}

/** By the longest list of lines that both have. */
function diffMiddle(from: readonly string[], to: readonly string[]): string[] {
  if (from.length * to.length > MOST_CELLS) return [...from.map((line) => `-${line}`), ...to.map((line) => `+${line}`)]
  const width = to.length + 1
  const common = new Uint32Array((from.length + 1) * width)
  for (let a = from.length - 1; a >= 0; a -= 1)
    for (let b = to.length - 1; b >= 0; b -= 1)
      common[a * width + b] =
        from[a] === to[b]
          ? common[(a + 1) * width + b + 1]! + 1
          : Math.max(common[(a + 1) * width + b]!, common[a * width + b + 1]!)
  const lines: string[] = []
  let [a, b] = [0, 0]
  while (a < from.length || b < to.length) {
    if (a < from.length && b < to.length && from[a] === to[b]) {
      lines.push(` ${from[a]}`)
      a += 1
      b += 1
    } else if (b === to.length || (a < from.length && common[(a + 1) * width + b]! >= common[a * width + b + 1]!)) {
      lines.push(`-${from[a]}`)
      a += 1
    } else {
      lines.push(`+${to[b]}`)
      b += 1
    }
  }
  return lines
}
