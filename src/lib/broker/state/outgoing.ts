/** What all clients together may be behind with before their answers get smaller. */
const MOST_UNSENT_BYTES = 256 * 1024 * 1024

/**
 * The bytes of answers that clients have not taken yet. Each client holds one answer at most, but a fetch may be 50 MB,
 * and Kafka, which sends from the file, needs no memory for it: here those who do not read would fill it together.
 */
export class Outgoing {
  private bytes = 0

  constructor(private readonly mostBytes = MOST_UNSENT_BYTES) {}

  /** How much more may be read for clients. */
  get room(): number {
    return Math.max(0, this.mostBytes - this.bytes)
  }

  /** Negative for those that a client has taken, or will never take. */
  add(bytes: number): void {
    this.bytes += bytes
  }
}
