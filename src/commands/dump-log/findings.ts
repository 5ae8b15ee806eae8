type Pair = readonly [first: bigint, second: bigint]

/** What does not fit together, told on stderr when all files have been read. */
export class Findings {
  private readonly byKind = new Map<Kind, Map<string, Pair[]>>()

  add(kind: Kind, file: string, first: bigint, second: bigint): void {
    const files = this.byKind.get(kind) ?? new Map<string, Pair[]>()
    this.byKind.set(kind, files.set(file, [...(files.get(file) ?? []), [first, second]]))
  }

  get isEmpty(): boolean {
    return this.byKind.size === 0
  }

  lines(): string {
    return (Object.keys(WORDS) as Kind[])
      .flatMap((kind) =>
        [...(this.byKind.get(kind) ?? [])].map(
          ([file, pairs]) =>
            `${WORDS[kind].head}${file}\n${pairs.map((pair) => `${WORDS[kind].line(...pair)}\n`).join('')}`,
        ),
      )
      .join('')
  }
}

/** In the order in which Apache's tool tells them. */
const WORDS = {
  index: {
    head: 'Mismatches in :',
    line: (index: bigint, log: bigint) => `  Index offset: ${index}, log offset: ${log}`,
  },
  timestamp: {
    head: 'Found timestamp mismatch in :',
    line: (index: bigint, log: bigint) => `  Index timestamp: ${index}, log timestamp: ${log}`,
  },
  order: {
    head: 'Found out of order timestamp in :',
    line: (index: bigint, before: bigint) => `  Index timestamp: ${index}, Previously indexed timestamp: ${before}`,
  },
  missing: {
    head: 'The following indexed offsets are not found in :',
    line: (index: bigint, log: bigint) => `Indexed offset: ${index}, found log offset: ${log}`,
  },
  gap: {
    head: 'Non-consecutive offsets in ',
    line: (first: bigint, second: bigint) => `  ${first} is followed by ${second}`,
  },
} as const satisfies Record<string, { head: string; line(first: bigint, second: bigint): string }>

type Kind = keyof typeof WORDS
