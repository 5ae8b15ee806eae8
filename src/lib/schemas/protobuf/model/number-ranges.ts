import type { Range } from '../elements.ts'

/** Numbers in ranges, found in logarithmic time however many ranges a file lists. */
export class NumberRanges {
  /** In order, without overlap. */
  private readonly ranges: { start: number; end: number }[] = []

  constructor(ranges: readonly Range[]) {
    for (const { start, end } of [...ranges].sort((a, b) => a.start - b.start)) {
      const last = this.ranges.at(-1)
      if (last !== undefined && start <= last.end) last.end = Math.max(last.end, end)
      else this.ranges.push({ start, end })
    }
  }

  has(number: number): boolean {
    let [low, high] = [0, this.ranges.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if (this.ranges[middle]!.end < number) low = middle + 1
      else high = middle
    }
    return low < this.ranges.length && this.ranges[low]!.start <= number
  }
}
