import type { KafkaError } from '../../lib/errors.ts'

const MOST_LINES = 20
const MOST_PER_LINE = 5

/** Names the lines that were not sent, and why; after twenty sentences it only counts. */
export class FailureReport {
  /** Lines that failed so far. */
  count = 0
  private written = 0
  private unnamed = 0

  /** `say` writes a line to stderr. */
  constructor(private readonly say: (line: string) => void) {}

  /** Takes a batch's worth of line numbers, in rising order, that failed for the same reason. */
  add(lines: Float64Array, error: KafkaError): void {
    this.count += lines.length
    if (this.written === MOST_LINES) {
      this.unnamed += lines.length
      return
    }
    this.written += 1
    this.say(`${describeLines(lines)} not sent: ${describeError(error)}`)
  }

  /** Says how many there were that had no sentence of their own. */
  end(): void {
    if (this.unnamed > 0) this.say(`${this.unnamed} more lines were not sent`)
  }
}

/** `line 7 was`, `lines 7 to 900 were`, `lines 1, 3, 5 to 7 and 34 more were`. */
function describeLines(lines: Float64Array): string {
  if (lines.length === 1) return `line ${lines[0]} was`
  const ranges: string[] = []
  let named = 0
  for (let at = 0; at < lines.length && ranges.length < MOST_PER_LINE; ) {
    let last = at
    while (last + 1 < lines.length && lines[last + 1] === lines[last]! + 1) last += 1
    ranges.push(last === at ? `${lines[at]}` : `${lines[at]} to ${lines[last]}`)
    named = at = last + 1
  }
  const rest = lines.length - named
  return `lines ${ranges.join(', ')}${rest > 0 ? ` and ${rest} more` : ''} were`
}

function describeError({ code, message }: KafkaError): string {
  return message.includes(code) ? message : `${code}: ${message}`
}
