import {
  ABORTED_TRANSACTION_BYTES as ENTRY_BYTES,
  decodeAbortedTransactions,
  encodeAbortedTransaction,
  type AbortedTransaction,
} from '../../../protocol/log-files/index.ts'
import type { FileSystem, LogFile } from '../file-system.ts'

export type { AbortedTransaction } from '../../../protocol/log-files/index.ts'

const EMPTY = Buffer.alloc(0)

/**
 * The aborted transactions whose markers lie in a segment, in order of these (TransactionIndex in Kafka). Few segments
 * have any, so the file is made by the first entry, and looked for when somebody asks.
 */
export class TransactionIndex {
  private file: LogFile | null = null
  private known: AbortedTransaction[] | null = null
  /** Whether the content is on the disk, as far as that was waited for. */
  isSynced = true
  private isWhole = true

  constructor(
    private readonly fileSystem: FileSystem,
    private readonly path: string,
    private readonly baseOffset: bigint,
    /** False where it is known that there is no file. */
    private mayExist = true,
  ) {}

  get entries(): number {
    return this.all().length
  }

  all(): readonly AbortedTransaction[] {
    return (this.known ??= this.read())
  }

  /** Makes the file when it is missing. */
  create(): LogFile {
    this.isSynced = false
    this.mayExist = true
    return (this.file ??= this.fileSystem.open(this.path, { create: true }))
  }

  append(entry: AbortedTransaction): void {
    const known = (this.known ??= this.read())
    this.create().write(encodeAbortedTransaction(entry), known.length * ENTRY_BYTES)
    known.push(entry)
  }

  /** Whether the file can be the index of a segment that begins at the base offset: whole entries in order. */
  isPlausible(): boolean {
    const entries = this.all()
    return (
      this.isWhole &&
      entries.every(
        ({ firstOffset, lastOffset }, index, all) =>
          firstOffset <= lastOffset && lastOffset >= (all[index - 1]?.lastOffset ?? this.baseOffset),
      )
    )
  }

  /** Cuts off what lies behind the first `entries`, half-written bytes included. */
  truncate(entries: number): void {
    if (this.file === null && !this.exists()) return
    this.isSynced = false
    this.open().truncate(entries * ENTRY_BYTES)
    this.known = this.all().slice(0, entries)
  }

  /** Cuts off the transactions whose markers lie at an offset or behind it. */
  truncateTo(offset: bigint): void {
    const kept = this.all().filter(({ lastOffset }) => lastOffset < offset).length
    if (kept < this.entries) this.truncate(kept)
  }

  /** Puts other entries in the place of all; a crash leaves these or those. */
  replace(entries: readonly AbortedTransaction[]): void {
    if (entries.length === 0 && !this.exists()) return
    this.close()
    this.mayExist = true
    this.fileSystem.writeFileAtomically(this.path, Buffer.concat(entries.map(encodeAbortedTransaction)))
    this.known = [...entries]
    this.isSynced = this.isWhole = true
  }

  /** Puts changes on the disk, if there are any. */
  sync(): void {
    if (!this.isSynced) this.file?.sync()
    this.isSynced = true
  }

  close(): void {
    this.file?.close()
    this.file = null
  }

  private open(): LogFile {
    return (this.file ??= this.fileSystem.open(this.path, { create: false }))
  }

  /** A look at a file that is not there costs far less than an attempt to read it. */
  private exists(): boolean {
    return this.mayExist && this.fileSystem.exists(this.path)
  }

  private read(): AbortedTransaction[] {
    const content = this.exists() ? (this.fileSystem.readFile(this.path) ?? EMPTY) : EMPTY
    this.isWhole = content.length % ENTRY_BYTES === 0
    return decodeAbortedTransactions(content)
  }
}
