import { batches } from '../../lib/protocol/records/index.ts'

/** What one replica of a partition answers. */
export interface Copy {
  readonly nodeId: number
  readonly highWatermark: bigint
  readonly records: Buffer
}

interface Compared {
  /** In the words of Kafka's tool. */
  readonly problems: readonly string[]
  /** All replicas have the same up to here, or at least batches that end in the same places. */
  readonly end: bigint
  /** They hold different offsets: there is no use in going on. */
  readonly isOver: boolean
  /** The highest that any of them knows. */
  readonly highWatermark: bigint
}

/** Compares the replicas of a partition from an offset on, batch by batch, up to the lowest high watermark. */
export function compareReplicas(name: string, from: bigint, copies: readonly Copy[]): Compared {
  const highWatermark = copies.reduce((most, copy) => (copy.highWatermark > most ? copy.highWatermark : most), -1n)
  const readers = copies.map((copy) => ({ ...copy, batches: batches(copy.records) }))
  const problems: string[] = []
  for (let end = from; ; ) {
    const next = readers.map((reader) => ({ reader, header: reader.batches.next().value?.header }))
    const [first] = next
    const isMissing = next.some(({ reader, header }) => !header || header.lastOffset >= reader.highWatermark)
    if (!first?.header || isMissing) return { problems, end, isOver: false, highWatermark }
    const { nodeId } = first.reader
    const { lastOffset, crc } = first.header
    for (const { reader, header } of next.slice(1)) {
      if (header!.lastOffset !== lastOffset) {
        problems.push(
          `partition ${name}: replica ${nodeId}'s offset ${lastOffset} doesn't match replica ${reader.nodeId}'s offset ${header!.lastOffset}`,
        )
        return { problems, end, isOver: true, highWatermark }
      }
      if (header!.crc !== crc)
        problems.push(
          `partition ${name} has unmatched checksum at offset ${lastOffset}; replica ${nodeId}'s checksum ${crc}; replica ${reader.nodeId}'s checksum ${header!.crc}`,
        )
    }
    end = lastOffset + 1n
  }
}
