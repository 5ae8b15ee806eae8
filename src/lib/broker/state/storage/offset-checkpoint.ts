import type { FileSystem } from '../../log/file-system.ts'

/**
 * Offsets by partition in one small text file, as Kafka keeps them (OffsetCheckpointFile, version 0). Changes of one turn
 * of the event loop make one write, which is done before anything that awaits goes on.
 */
export class OffsetCheckpoint {
  private readonly offsets = new Map<string, bigint>()
  private isDirty = false

  constructor(
    private readonly fileSystem: FileSystem,
    private readonly path: string,
    private readonly warn: (line: string) => void,
  ) {
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

  /** Writes what has changed. */
  flush(): void {
    if (!this.isDirty) return
    this.isDirty = false
    const lines = [...this.offsets].map(([key, offset]) => `${key} ${offset}\n`)
    try {
      this.fileSystem.writeFileAtomically(this.path, `0\n${lines.length}\n${lines.join('')}`)
    } catch (error) {
      this.isDirty = true
      this.warn(`${this.path} could not be written: ${(error as Error).message}`)
    }
  }

  private writeSoon(): void {
    if (!this.isDirty) queueMicrotask(() => this.flush())
    this.isDirty = true
  }
}
