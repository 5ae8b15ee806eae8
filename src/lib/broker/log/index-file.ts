import type { FileSystem, LogFile } from './file-system.ts'

/**
 * A file of entries of one size in ascending order, searched where it lies: nothing is kept in memory but the number of
 * entries, so ten thousand partitions cost nothing. (Kafka maps its index files; a look-up here is some small reads.)
 */
export class IndexFile {
  private readonly file: LogFile
  private readonly entry: Buffer
  private count: number
  /** Whether the content is on the disk, as far as that was waited for. */
  isSynced = true

  /** Opens the file, or makes an empty one. */
  constructor(
    fileSystem: FileSystem,
    path: string,
    readonly entryBytes: number,
  ) {
    this.file = fileSystem.open(path, { create: true })
    this.entry = Buffer.alloc(entryBytes)
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

  /** The n-th entry, in a buffer that the next call uses again. */
  read(n: number): Buffer {
    this.file.read(this.entry, this.entryBytes, n * this.entryBytes)
    return this.entry
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
