const MIB = 1024 * 1024
/** What all clients together may be behind with before they get nothing but a batch at a time. */
const MOST_UNSENT_BYTES = 256 * MIB
/** What answers under way are to keep within as long as clients take them: their memory is used again for the next. */
const USUAL_BYTES = 16 * MIB
/** Whatever the others are behind with, enough to be worth a request. */
const LEAST_ANSWER_BYTES = MIB

/**
 * The bytes of answers that clients have not taken yet. Each client holds one answer at most, but a fetch may be 50 MB,
 * and Kafka, which sends from the file, needs no memory for it: here many readers, or those who do not read, would fill
 * it together.
 */
export class Outgoing {
  unsentBytes = 0

  constructor(private readonly mostBytes = MOST_UNSENT_BYTES) {}

  /** How much may be read for the next client: a part of what the others leave. */
  get room(): number {
    const share = Math.max(LEAST_ANSWER_BYTES, (USUAL_BYTES - this.unsentBytes) / 4)
    return Math.max(0, Math.min(share, this.mostBytes - this.unsentBytes))
  }

  /** Negative for those that a client has taken, or will never take. */
  add(bytes: number): void {
    this.unsentBytes += bytes
  }
}
