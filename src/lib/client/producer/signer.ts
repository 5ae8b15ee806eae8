import type { Batch } from './partition.ts'

/** Says whose a batch is, for producers of which brokers take everything once. */
export interface Signer {
  /** The highest version of Produce that means what the producer means; any when left out. */
  readonly produceVersion?: number | undefined
  /** False while something has to be asked first; the sender is told to drain when the answer is there. */
  sign(batch: Batch): boolean
}
