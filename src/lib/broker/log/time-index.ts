import { readTimeEntry, TIME_ENTRY_BYTES as ENTRY_BYTES, type TimeEntry } from '../../protocol/log-files/index.ts'
import { NO_TIMESTAMP } from '../../protocol/records/index.ts'
import type { FileSystem } from './file-system.ts'
import { IndexFile } from './index-file.ts'

export type TimeIndexEntry = TimeEntry

const SCRATCH = Buffer.alloc(ENTRY_BYTES)

/**
 * How late a segment's records are (TimeIndex in Kafka). Timestamps ascend strictly.
 */
export class TimeIndex {
  private readonly file: IndexFile
  private last: TimeIndexEntry | null = null

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

  /** One place is kept for the entry that is written when the segment is closed. */
  isFull(maxBytes: number): boolean {
    return this.file.entries >= Math.floor(maxBytes / ENTRY_BYTES) - 1
  }

  /** The last entry; `NO_TIMESTAMP` at the base offset for an empty index. */
  lastEntry(): TimeIndexEntry {
    this.last ??= this.file.entries === 0 ? this.before() : this.parse(this.file.read(this.file.entries - 1))
    return this.last
  }

  /** Adds an entry when it is later than the last one. */
  appendLater(entry: TimeIndexEntry): void {
    if (entry.timestamp <= this.lastEntry().timestamp) return
    SCRATCH.writeBigInt64BE(entry.timestamp, 0)
    SCRATCH.writeInt32BE(Number(entry.offset - this.baseOffset), 8)
    this.file.append(SCRATCH)
    this.last = entry
  }

  /** The last entry whose timestamp is at most the one asked for. */
  lookup(timestamp: bigint): TimeIndexEntry {
    const n = this.file.findLast((entry) => entry.readBigInt64BE(0) <= timestamp)
    return n < 0 ? this.before() : this.parse(this.file.read(n))
  }

  /** Whether the file can be a time index: it ascends, and zeros of a file that was never cut to size do not end it. */
  isPlausible(): boolean {
    if (!this.file.isWhole) return false
    if (this.file.entries < 2) return this.lastEntry().offset >= this.baseOffset
    const first = this.parse(this.file.read(0))
    const last = this.lastEntry()
    return first.timestamp < last.timestamp && first.offset < last.offset
  }

  /** Empties it. */
  clear(): void {
    this.last = null
    this.file.clear()
  }

  truncate(entries: number): void {
    this.last = null
    this.file.truncate(entries)
  }

  /** Cuts off the entries from an offset on. */
  truncateTo(offset: bigint): void {
    const relative = Number(offset - this.baseOffset)
    this.truncate(this.file.findLast((entry) => entry.readInt32BE(8) < relative) + 1)
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

  private before(): TimeIndexEntry {
    return { timestamp: NO_TIMESTAMP, offset: this.baseOffset }
  }

  private parse(entry: Buffer): TimeIndexEntry {
    return readTimeEntry(entry, 0, this.baseOffset)
  }
}
