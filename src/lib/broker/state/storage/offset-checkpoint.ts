import type { Clock } from '../../../clock.ts'
import type { FileSystem } from '../../log/file-system.ts'
import { isDiskError, PowerCutError, replaceInBackground, replaceUnsynced } from '../../log/index.ts'

export interface CheckpointOptions {
  readonly fileSystem: FileSystem
  readonly clock: Clock
  readonly path: string
  /** Whether a write waits for the disk. Without it a power cut may lose the file, which has to do no harm. */
  readonly isSynced: boolean
  readonly warn: (line: string) => void
  /** Told when what has changed cannot be written. */
  readonly onRefused: (reason: string) => void
  /** What follows for people where the file, or a part of it, cannot be used. */
  readonly ifDamaged?: string
}

const VERSION = '0'
/** Between two writes in the background: each costs the disk a commit, and takes down all of the offsets again. */
const PAUSE_MS = 100
const MAX_OFFSET = 2n ** 63n - 1n

/**
 * Offsets by partition in one small text file, as Kafka keeps them (OffsetCheckpointFile, version 0). Changes of one
 * turn of the event loop make one write. Where it waits for the disk, it is done before anything that awaits goes on;
 * otherwise others go on meanwhile.
 */
export class OffsetCheckpoint {
  private readonly offsets = new Map<string, bigint>()
  /** Whether the file was there and made sense in full; offsets that are not known may have been in it otherwise. */
  readonly wasWhole: boolean
  /** How often something has changed, and how many of these times are in the file. */
  private changes = 0
  private written = 0
  /** How often the file has been begun: what is under way in the background gives way to what has begun since. */
  private drafts = 0
  private isScheduled = false

  constructor(private readonly options: CheckpointOptions) {
    const { path, warn, ifDamaged } = options
    const content = this.read()
    const damage = content === null || content === '' ? null : this.parse(content)
    if (damage !== null) warn(`${path} is damaged (${damage})${ifDamaged === undefined ? '' : `: ${ifDamaged}`}`)
    this.wasWhole = content !== null && content !== '' && damage === null
  }

  /** Nothing where there is no file. What is no file counts as damaged. */
  private read(): string | null {
    try {
      return this.options.fileSystem.readFile(this.options.path)?.toString() ?? null
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EISDIR') throw error
      return 'a folder'
    }
  }

  /** Takes what makes sense. Returns what does not first, null when all does. */
  private parse(content: string): string | null {
    const [version, count, ...lines] = content.replace(/\n$/, '').split('\n')
    const wrong = lines.map((line) => this.take(line)).indexOf(false)
    if (version !== VERSION) return 'line 1 is no version'
    if (wrong >= 0) return `line ${wrong + 3} is no topic, partition and offset`
    if (count === undefined || !/^\d+$/.test(count)) return 'line 2 is no number of lines'
    return Number(count) === lines.length ? null : `${lines.length} lines of offsets instead of ${count}`
  }

  private take(line: string): boolean {
    const [, key, offset] = /^(\S+ \d+) (\d+)$/.exec(line) ?? []
    if (key === undefined || offset === undefined || this.offsets.has(key) || BigInt(offset) > MAX_OFFSET) return false
    this.offsets.set(key, BigInt(offset))
    return true
  }

  /** Makes the file when it is missing, so that later on a missing one tells of a loss. Throws what the disk says. */
  create(): void {
    if (this.options.fileSystem.exists(this.options.path)) return
    this.changes += 1
    this.save()
  }

  get(topic: string, partition: number): bigint | undefined {
    return this.offsets.get(`${topic} ${partition}`)
  }

  /**
   * A lower offset than before is on the disk when this returns: what lay behind it is about to go. Throws what the
   * disk says to that.
   */
  set(topic: string, partition: number, offset: bigint): void {
    const key = `${topic} ${partition}`
    const before = this.offsets.get(key)
    if (offset === before) return
    this.offsets.set(key, offset)
    if (before === undefined || offset > before) return this.writeSoon()
    this.changes += 1
    try {
      this.save(true)
    } catch (error) {
      this.offsets.set(key, before)
      throw error
    }
  }

  delete(topic: string, partition: number): void {
    if (this.offsets.delete(`${topic} ${partition}`)) this.writeSoon()
  }

  /** Writes what has changed; what the disk says against it is reported, and tried again with the next change. */
  flush(): void {
    try {
      this.save()
    } catch (error) {
      this.report(error)
    }
  }

  private report(error: unknown): void {
    // Without power nobody is there who could hear of it.
    if (error instanceof PowerCutError) return
    if (!isDiskError(error)) throw error
    this.options.onRefused(`${this.options.path} could not be written: ${error.message}`)
  }

  /** Writes what has changed. Throws what the disk says. */
  save(isSynced = this.options.isSynced): void {
    if (this.written === this.changes) return
    const { fileSystem, path } = this.options
    this.drafts += 1
    if (isSynced) fileSystem.writeFileAtomically(path, this.content)
    else replaceUnsynced(fileSystem, path, this.content)
    this.written = this.changes
  }

  private async saveInBackground(): Promise<void> {
    const { changes } = this
    const draft = (this.drafts += 1)
    const isOutOfDate = (): boolean => draft !== this.drafts
    if (await replaceInBackground(this.options.fileSystem, this.options.path, this.content, isOutOfDate))
      this.written = changes
  }

  private get content(): string {
    const lines = [...this.offsets].map(([key, offset]) => `${key} ${offset}\n`)
    return `0\n${lines.length}\n${lines.join('')}`
  }

  private writeSoon(): void {
    this.changes += 1
    if (this.isScheduled) return
    this.isScheduled = true
    queueMicrotask(() => {
      if (!this.options.isSynced) return void this.follow()
      this.isScheduled = false
      this.flush()
    })
  }

  /** One write after the other, until the file has all. */
  private async follow(): Promise<void> {
    try {
      while (this.written !== this.changes) {
        await this.saveInBackground()
        await new Promise<void>((resolve) => this.options.clock.inBackground(PAUSE_MS, resolve))
      }
    } catch (error) {
      this.report(error)
    } finally {
      this.isScheduled = false
    }
  }
}
