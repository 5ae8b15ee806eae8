import { KafkaError } from '../../errors.ts'
import { MAX_DECOMPRESSED_BYTES } from '../../protocol/records/index.ts'

/** A batch that unpacks to less is checked at once: that takes a hundred milliseconds at most, and hardly ever ten. */
const AT_ONCE_BYTES = 8 * 1024 * 1024
/**
 * What the batches of a request may unpack to for each byte of it, beyond what one batch may. Logs and JSON come to ten
 * or twenty.
 */
const GROWTH = 32

/** A batch that is too large to be checked at once: `checkAside` takes its time. */
export class TooMuchAtOnceError extends Error {
  override readonly name = 'TooMuchAtOnceError'
}

/** How much the batches of one request may unpack to. */
export class UnpackRoom {
  private left: number

  constructor(requestBytes: number) {
    this.left = MAX_DECOMPRESSED_BYTES + GROWTH * requestBytes
  }

  get atOnce(): number {
    return Math.min(AT_ONCE_BYTES, this.left)
  }

  /** For one batch. */
  get most(): number {
    return Math.min(MAX_DECOMPRESSED_BYTES, this.left)
  }

  /** Whether it was the batches before that left too little for this one. */
  get isSpent(): boolean {
    return this.left < MAX_DECOMPRESSED_BYTES
  }

  take(bytes: number): void {
    this.left -= bytes
  }

  /** Its producer splits the batch, and sends the parts in requests of their own. */
  refusal(log: string): KafkaError {
    return new KafkaError(
      'MESSAGE_TOO_LARGE',
      `the batches of one request, of which one was for ${log}, unpack to too much`,
    )
  }
}
