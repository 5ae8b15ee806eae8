import { join } from 'node:path'
import { EnvironmentError, KafkaError } from '../../../errors.ts'
import { crc32c } from '../../../protocol/records/index.ts'
import { onDisk } from '../../log/index.ts'
import type { FileSystem, LogFile } from '../../log/file-system.ts'
import { isChange, type Change } from './change.ts'

const FILE = 'cluster-metadata.jsonl'
const NEWLINE = 0x0a
const CHECKSUM_LENGTH = 8

/**
 * The file that the cluster's metadata lives in. Each line has a checksum in front. A torn last line, left by a crash,
 * is as if it had never been written; a line that is whole and wrong is damage.
 */
export class MetadataJournal {
  private file: LogFile | null = null
  /** Where the whole changes end. */
  private end = 0
  /** Set while something may lie behind `end`: what a crash or a disk that refused has left. */
  private isTorn = false
  private readonly path: string

  constructor(
    private readonly fileSystem: FileSystem,
    private readonly directory: string,
  ) {
    this.path = join(directory, FILE)
  }

  /** Every change so far, oldest first. Throws EnvironmentError for a file that is damaged before its end. */
  read(): Change[] {
    const content = this.onDisk('read', () => this.fileSystem.readFile(this.path))
    return content === null ? [] : this.parse(content).changes
  }

  /** Replaces the file by these changes alone, so that it does not grow with its history. */
  rewrite(changes: readonly Change[]): void {
    this.close()
    this.onDisk('write to', () => this.fileSystem.writeFileAtomically(this.path, changes.map(lineOf).join('')))
  }

  /**
   * Returns when the change is on the disk. Throws KafkaError KAFKA_STORAGE_ERROR; then the change has not happened.
   */
  append(change: Change): void {
    const line = Buffer.from(lineOf(change))
    this.onDisk('write to', () => {
      const file = (this.file ??= this.open())
      // What was open stays open when its folder is removed, and takes what nobody will ever find.
      if (!this.fileSystem.exists(this.path)) throw new KafkaError('KAFKA_STORAGE_ERROR', `${this.path} is gone`)
      this.repair(file)
      this.isTorn = true
      try {
        file.write(line, this.end)
        file.sync()
      } catch (error) {
        this.tryRepair(file)
        throw error
      }
    })
    this.isTorn = false
    this.end += line.length
  }

  close(): void {
    this.file?.close()
    this.file = null
  }

  private open(): LogFile {
    const content = this.fileSystem.readFile(this.path)
    if (content === null) this.fileSystem.writeFileAtomically(this.path, '')
    this.end = content === null ? 0 : this.parse(content).end
    this.isTorn = this.end < (content?.length ?? 0)
    return this.fileSystem.open(this.path, { create: false })
  }

  /** Cuts off what is no whole change: behind a shorter line it would not look torn. */
  private repair(file: LogFile): void {
    if (this.isTorn) file.truncate(this.end)
    this.isTorn = false
  }

  private tryRepair(file: LogFile): void {
    try {
      this.repair(file)
    } catch {
      // The disk refuses this too: `isTorn` stays set, and nothing is written before it has been done.
    }
  }

  private parse(content: Buffer): { changes: Change[]; end: number } {
    const changes: Change[] = []
    let end = 0
    for (let newline = content.indexOf(NEWLINE); newline >= 0; newline = content.indexOf(NEWLINE, end)) {
      const change = parseLine(content.toString('utf8', end, newline))
      if (!change) throw damaged(this.path, changes.length + 1)
      changes.push(change)
      end = newline + 1
    }
    return { changes, end }
  }

  private onDisk<T>(action: string, run: () => T): T {
    return onDisk(action, this.directory, run)
  }
}

function lineOf(change: Change): string {
  const json = JSON.stringify(change)
  return `${checksumOf(json)} ${json}\n`
}

const checksumOf = (json: string): string => crc32c(Buffer.from(json)).toString(16).padStart(8, '0')

/** Null for what is no change. Lines from before there were checksums begin with their brace. */
function parseLine(line: string): Change | null {
  const json = line.startsWith('{') ? line : line.slice(CHECKSUM_LENGTH + 1)
  if (json !== line && line !== `${checksumOf(json)} ${json}`) return null
  try {
    const change: unknown = JSON.parse(json)
    return isChange(change) ? change : null
  } catch {
    return null
  }
}

function damaged(path: string, line: number): EnvironmentError {
  return new EnvironmentError(
    `${path} is damaged in line ${line}: mend or remove that line, or restore the file; the topics that follow it are known nowhere else`,
    { code: 'DATA_DIR_UNUSABLE' },
  )
}
