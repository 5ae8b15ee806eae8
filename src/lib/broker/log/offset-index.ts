import { OFFSET_ENTRY_BYTES as ENTRY_BYTES, readOffsetEntry, type OffsetEntry } from '../../protocol/log-files/index.ts'
import type { FileSystem } from './file-system.ts'
import { IndexFile } from './index-file.ts'

const SCRATCH = Buffer.alloc(ENTRY_BYTES)

/** Where in the segment some of its offsets lie (OffsetIndex in Kafka). */
export class OffsetIndex {
  private readonly file: IndexFile

  constructor(
    fileSystem: FileSystem,
    path: string,
    private readonly baseOffset: bigint,
    isNew: boolean,
  ) {
    this.file = new IndexFile(fileSystem, path, ENTRY_BYTES, isNew)
  }

  get entries(): number {
    return this.file.entries
  }

  get isSynced(): boolean {
    return this.file.isSynced
  }

  get sizeInBytes(): number {
    return this.file.sizeInBytes
  }

  isFull(maxBytes: number): boolean {
    return this.file.entries >= Math.floor(maxBytes / ENTRY_BYTES)
  }

  append(offset: bigint, position: number): void {
    SCRATCH.writeInt32BE(Number(offset - this.baseOffset), 0)
    SCRATCH.writeInt32BE(position, 4)
    this.file.append(SCRATCH)
  }

  /** The last entry at or before an offset: the batch that holds it begins there, or later. */
  entryFor(offset: bigint): OffsetEntry | null {
    const relative = Number(offset - this.baseOffset)
    const n = this.file.findLast((entry) => entry.readInt32BE(0) <= relative)
    return n < 0 ? null : readOffsetEntry(this.file.read(n), 0, this.baseOffset)
  }

  /** The positions behind one, in the order of the entries. Only ascending ones are told: others cannot be right. */
  *positionsAfter(position: number): Generator<number> {
    let last = position
    for (let n = 0; n < this.file.entries; n += 1) {
      const found = this.file.read(n).readInt32BE(4)
      if (found > last) yield (last = found)
    }
  }

  lastEntry(): OffsetEntry | null {
    return this.file.entries === 0 ? null : readOffsetEntry(this.file.read(this.file.entries - 1), 0, this.baseOffset)
  }

  /** Whether the file can be an index of a segment of that size. Every entry lies behind the first append. */
  isPlausible(segmentBytes: number): boolean {
    const last = this.lastEntry()
    return (
      this.file.isWhole &&
      (!last || (last.offset > this.baseOffset && last.position > 0 && last.position < segmentBytes))
    )
  }

  /** Empties it. */
  clear(): void {
    this.file.clear()
  }

  truncate(entries: number): void {
    this.file.truncate(entries)
  }

  /** Cuts off the entries from an offset on. */
  truncateTo(offset: bigint): void {
    const relative = Number(offset - this.baseOffset)
    this.file.truncate(this.file.findLast((entry) => entry.readInt32BE(0) < relative) + 1)
  }

  /** See IndexFile.writeOut. */
  writeOut(): void {
    this.file.writeOut()
  }

  sync(): void {
    this.file.sync()
  }

  close(): void {
    this.file.close()
  }
}
