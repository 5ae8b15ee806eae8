import type { FileSystem, LogFile } from './file-system.ts'

/** One for all indexes: ten thousand partitions have twenty thousand of them. */
const ENTRY = Buffer.alloc(16)

/**
 * A file of entries of one size in ascending order, searched where it lies: nothing is kept in memory but the number of
 * entries, so ten thousand partitions cost nothing. (Kafka maps its index files; a look-up here is some small reads.)
 */
export class IndexFile {
  private readonly file: LogFile
  private count: number
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
    this.count = Math.floor(this.file.size / entryBytes)
  }

  get entries(): number {
    return this.count
  }

  get sizeInBytes(): number {
    return this.count * this.entryBytes
  }

  /** False when the file ends within an entry. */
  get isWhole(): boolean {
    return this.file.size === this.sizeInBytes
  }

  append(entry: Buffer): void {
    this.isSynced = false
    this.file.write(entry, this.sizeInBytes)
    this.count += 1
  }

  /** The n-th entry, in a buffer that the next call uses again, be it of another index. */
  read(n: number): Buffer {
    this.file.read(ENTRY, this.entryBytes, n * this.entryBytes)
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
    this.file.truncate(entries * this.entryBytes)
    this.count = entries
  }

  /** The same of all of them. One that is empty is left alone. */
  clear(): void {
    if (this.file.size > 0) this.truncate(0)
  }

  /** Puts changes on the disk, if there are any. */
  sync(): void {
    if (this.isSynced) return
    this.file.sync()
    this.isSynced = true
  }

  close(): void {
    this.file.close()
  }
}
