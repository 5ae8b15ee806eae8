import type { FileSystem } from '../../log/file-system.ts'
import { replaceUnsynced } from '../../log/index.ts'

export interface CheckpointOptions {
  readonly fileSystem: FileSystem
  readonly path: string
  /** Whether a write waits for the disk. Without it a power cut may lose the file, which has to do no harm. */
  readonly isSynced: boolean
  readonly warn: (line: string) => void
}

/**
 * Offsets by partition in one small text file, as Kafka keeps them (OffsetCheckpointFile, version 0). Changes of one turn
 * of the event loop make one write, which is done before anything that awaits goes on.
 */
export class OffsetCheckpoint {
  private readonly offsets = new Map<string, bigint>()
  private isDirty = false
  private isScheduled = false

  constructor(private readonly options: CheckpointOptions) {
    const { fileSystem, path } = options
    const lines = fileSystem.readFile(path)?.toString().split('\n').slice(2) ?? []
    for (const [topic, partition, offset] of lines.map((line) => line.split(' '))) {
      if (topic && partition && offset && /^\d+$/.test(offset)) this.offsets.set(`${topic} ${partition}`, BigInt(offset))
    }
  }

  get(topic: string, partition: number): bigint | undefined {
    return this.offsets.get(`${topic} ${partition}`)
  }

  set(topic: string, partition: number, offset: bigint): void {
    this.offsets.set(`${topic} ${partition}`, offset)
    this.writeSoon()
  }

  delete(topic: string, partition: number): void {
    if (this.offsets.delete(`${topic} ${partition}`)) this.writeSoon()
  }

  /** Writes what has changed; what the disk says against it is reported, and tried again with the next change. */
  flush(): void {
    try {
      this.save()
    } catch (error) {
      this.options.warn(`${this.options.path} could not be written: ${(error as Error).message}`)
    }
  }

  /** Writes what has changed. Throws what the disk says. */
  save(): void {
    if (!this.isDirty) return
    const { fileSystem, path, isSynced } = this.options
    const lines = [...this.offsets].map(([key, offset]) => `${key} ${offset}\n`)
    const content = `0\n${lines.length}\n${lines.join('')}`
    if (isSynced) fileSystem.writeFileAtomically(path, content)
    else replaceUnsynced(fileSystem, path, content)
    this.isDirty = false
  }

  private writeSoon(): void {
    this.isDirty = true
    if (this.isScheduled) return
    this.isScheduled = true
    queueMicrotask(() => {
      this.isScheduled = false
      this.flush()
    })
  }
}
