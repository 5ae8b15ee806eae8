import type { FileSystem, LogFile } from './file-system.ts'

/** One for all indexes: ten thousand partitions have twenty thousand of them. */
const ENTRY = Buffer.alloc(16)

/** A write of one entry takes as long as one of so many. */
const MOST_PENDING = 64

/**
 * A file of entries of one size in ascending order, searched where it lies: nothing is kept in memory but the number of
 * entries and the few that are not written yet, so ten thousand partitions cost next to nothing. (Kafka maps its index
 * files; a look-up here is some small reads.)
 */
export class IndexFile {
  private readonly file: LogFile
  private count: number
  /** How many entries are in the file; those behind them are `pending`. */
  private written: number
  private pending: Buffer | null = null
  /** Whether the content is on the disk, as far as that was waited for. */
  isSynced = true

  /** Opens the file, or makes an empty one: in any case where it is `isNew`. */
  constructor(
    fileSystem: FileSystem,
    path: string,
    readonly entryBytes: number,
    isNew: boolean,
  ) {
    this.file = isNew ? fileSystem.create(path) : fileSystem.open(path, { create: true })
    this.count = this.written = Math.floor(this.file.size / entryBytes)
  }

  get entries(): number {
    return this.count
  }

  get sizeInBytes(): number {
    return this.count * this.entryBytes
  }

  /** False when the file ends within an entry. */
  get isWhole(): boolean {
    return this.file.size === this.written * this.entryBytes
  }

  /** The entry reaches the file with those that follow it, or by `writeOut`; a crash before that loses it. */
  append(entry: Buffer): void {
    this.isSynced = false
    if (this.count - this.written === MOST_PENDING) this.writeOut()
    this.pending ??= Buffer.allocUnsafe(MOST_PENDING * this.entryBytes)
    entry.copy(this.pending, this.positionInPending(this.count), 0, this.entryBytes)
    this.count += 1
  }

  /** Writes the entries that are not in the file yet. */
  writeOut(): void {
    if (!this.pending) return
    this.file.write(this.pending.subarray(0, this.positionInPending(this.count)), this.written * this.entryBytes)
    this.written = this.count
    this.pending = null
  }

  private positionInPending(n: number): number {
    return (n - this.written) * this.entryBytes
  }

  /** The n-th entry, in a buffer that the next call uses again, be it of another index. */
  read(n: number): Buffer {
    const at = this.positionInPending(n)
    if (at >= 0) this.pending!.copy(ENTRY, 0, at, at + this.entryBytes)
    else this.file.read(ENTRY, this.entryBytes, n * this.entryBytes)
    return ENTRY
  }

  /**
   * The last entry for which `isAtMost` holds, -1 when it holds for none; it must hold for a leading run of entries.
   */
  findLast(isAtMost: (entry: Buffer) => boolean): number {
    let low = -1
    let high = this.count - 1
    while (low < high) {
      const middle = Math.ceil((low + high) / 2)
      if (isAtMost(this.read(middle))) low = middle
      else high = middle - 1
    }
    return low
  }

  /** Cuts off what lies behind the first `entries`, half-written bytes included. */
  truncate(entries: number): void {
    this.isSynced = false
    this.written = Math.min(this.written, entries)
    this.file.truncate(this.written * this.entryBytes)
    this.count = entries
    if (entries === this.written) this.pending = null
  }

  /** The same of all of them. One that is empty is left alone. */
  clear(): void {
    if (this.count > 0 || this.file.size > 0) this.truncate(0)
  }

  /** Puts changes on the disk, if there are any. */
  sync(): void {
    if (this.isSynced) return
    this.writeOut()
    this.file.sync()
    this.isSynced = true
  }

  /** What is still to be written is given up: the index is made anew, or goes with its segment. */
  close(): void {
    this.file.close()
  }
}
