import { MalformedError } from '../../errors.ts'
import {
  parseSnapshotName,
  readSnapshot,
  snapshotName,
  type SnapshotContent,
  type SnapshotId,
} from '../../protocol/log-files/index.ts'
import { onDisk, type FileSystem } from '../log/index.ts'

/** What was being written or removed when somebody stopped; Kafka calls it `part` or `deleted`. */
const LEFTOVER = /\.checkpoint\.(tmp|part|deleted)$/

/** The snapshots in the folder of the metadata log (KIP-630): each is the whole state at an offset. */
export class Snapshots {
  /** Oldest first. */
  private ids: SnapshotId[]

  constructor(
    private readonly fileSystem: FileSystem,
    private readonly folder: string,
  ) {
    const names = fileSystem.list(folder)
    for (const name of names) if (LEFTOVER.test(name)) fileSystem.remove(`${folder}/${name}`)
    const found = names.map(parseSnapshotName)
    this.ids = found.filter((id) => id !== null).sort((a, b) => (a.endOffset < b.endOffset ? -1 : 1))
  }

  get earliest(): SnapshotId | null {
    return this.ids[0] ?? null
  }

  get latest(): SnapshotId | null {
    return this.ids.at(-1) ?? null
  }

  /** Newest first. */
  newestFirst(): readonly SnapshotId[] {
    return this.ids.toReversed()
  }

  /** Null for one that is not whole. */
  read(id: SnapshotId): SnapshotContent | null {
    try {
      return readSnapshot(this.fileSystem.readFile(this.pathOf(id)) ?? Buffer.alloc(0))
    } catch (error) {
      if (error instanceof MalformedError) return null
      throw error
    }
  }

  /** One that is not whole serves nobody. */
  forget(id: SnapshotId): void {
    this.ids = this.ids.filter((kept) => kept !== id)
  }

  /** Up to `maxBytes` of one from a position on, and its size; null when there is no such snapshot. */
  readPart(id: SnapshotId, position: number, maxBytes: number): { size: number; bytes: Buffer } | null {
    if (!this.ids.some(({ endOffset, epoch }) => endOffset === id.endOffset && epoch === id.epoch)) return null
    return onDisk('read from', this.folder, () => {
      const file = this.fileSystem.open(this.pathOf(id), { create: false })
      try {
        const bytes = Buffer.alloc(Math.max(0, Math.min(maxBytes, file.size - position)))
        return { size: file.size, bytes: bytes.subarray(0, file.read(bytes, bytes.length, position)) }
      } finally {
        file.close()
      }
    })
  }

  /** All of it, or none. Throws KafkaError KAFKA_STORAGE_ERROR. */
  write(id: SnapshotId, content: Buffer): void {
    onDisk('write to', this.folder, () => this.fileSystem.writeFileAtomically(this.pathOf(id), content))
    this.ids = [...this.ids.filter(({ endOffset }) => endOffset < id.endOffset), id]
  }

  /** Throws KafkaError KAFKA_STORAGE_ERROR. */
  removeBefore(offset: bigint): void {
    for (const id of this.ids.filter(({ endOffset }) => endOffset < offset)) {
      onDisk('write to', this.folder, () => this.fileSystem.remove(this.pathOf(id)))
      this.forget(id)
    }
  }

  pathOf(id: SnapshotId): string {
    return `${this.folder}/${snapshotName(id)}`
  }
}
