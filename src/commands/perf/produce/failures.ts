import type { KafkaError } from '../../../lib/errors.ts'

/** Says of each reason once that records are not sent for it, and at the end how many there were. */
export class Failures {
  /** Records that failed so far. */
  count = 0
  private readonly counts = new Map<string, number>()

  /** `say` writes a line to stderr. */
  constructor(private readonly say: (line: string) => void) {}

  add(records: number, { code, message }: KafkaError): void {
    const reason = message.includes(code) ? message : `${code}: ${message}`
    const before = this.counts.get(reason)
    if (before === undefined) this.say(`records are not sent: ${reason}`)
    this.counts.set(reason, (before ?? 0) + records)
    this.count += records
  }

  end(): void {
    for (const [reason, records] of this.counts) this.say(`${records} records were not sent: ${reason}`)
  }
}
