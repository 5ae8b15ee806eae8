import { batches, endOffsetOf, RecordReader } from '../../../src/lib/protocol/records/index.ts'
import { Violation } from './violation.ts'

interface Batch {
  readonly baseOffset: bigint
  readonly bytes: Buffer
}

/** What leaders have said to be committed of a partition: it must never change, nor be missing where it counts. */
export class CommittedLog {
  end = 0n
  /** How far leaders have committed it, by their epoch. */
  private readonly endByEpoch = new Map<number, bigint>()
  private readonly batches: Batch[] = []
  private readonly values = new Map<bigint, string>()

  constructor(readonly name: string) {}

  /** What leaders of an epoch, and of those before it, have committed. */
  endIn(epoch: number): bigint {
    let highest = 0n
    for (const [each, end] of this.endByEpoch) if (each <= epoch && end > highest) highest = end
    return highest
  }

  /** Whole batches that a leader has committed in an epoch: what is known must be the same, the rest is added. */
  take(records: Buffer, who: string, epoch: number): void {
    for (const { header, at } of batches(records)) {
      const bytes = records.subarray(at, at + header.sizeInBytes)
      const { baseOffset } = header
      if (baseOffset >= this.end) this.add(baseOffset, Buffer.from(bytes))
      else this.compare(baseOffset, bytes, who)
    }
    this.endByEpoch.set(epoch, this.end)
  }

  /** Throws Violation where the batches below the end are not those that were committed. */
  check(records: Buffer, who: string): void {
    for (const { header, at } of batches(records))
      if (header.baseOffset < this.end)
        this.compare(header.baseOffset, records.subarray(at, at + header.sizeInBytes), who)
  }

  valueAt(offset: bigint): string | undefined {
    return this.values.get(offset)
  }

  private add(baseOffset: bigint, bytes: Buffer): void {
    this.batches.push({ baseOffset, bytes })
    this.end = endOffsetOf(bytes)
    for (const [offset, value] of valuesOf(bytes)) this.values.set(offset, value)
  }

  private compare(baseOffset: bigint, bytes: Buffer, who: string): void {
    const known = this.find(baseOffset)
    if (!known?.equals(bytes))
      throw new Violation(`${this.name}: ${who} has another batch at ${baseOffset} than was committed`)
  }

  private find(baseOffset: bigint): Buffer | undefined {
    let [low, high] = [0, this.batches.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if (this.batches[middle]!.baseOffset < baseOffset) low = middle + 1
      else high = middle
    }
    const found = this.batches[low]
    return found?.baseOffset === baseOffset ? found.bytes : undefined
  }
}

/** The values of data records by their offset. */
export function* valuesOf(records: Buffer): Generator<[bigint, string]> {
  const reader = new RecordReader()
  for (const { header, at } of batches(records)) {
    if (header.isControl) continue
    reader.open(records, at, header)
    while (reader.next())
      yield [
        header.baseOffset + BigInt(reader.offsetDelta),
        reader.body.toString('latin1', reader.valueStart, reader.valueStart + Math.max(reader.valueLength, 0)),
      ]
  }
}
