import { join } from 'node:path'
import { onDisk } from '../../log/index.ts'
import type { FileSystem, LogFile } from '../../log/file-system.ts'
import type { ConfigResource, Topic } from './types.ts'

/** One change of the cluster's metadata, whole or absent: each is one line of JSON, on the disk before it takes effect. */
export type Change =
  | { readonly type: 'topic'; readonly topic: TopicRecord }
  | { readonly type: 'topicRemoved'; readonly name: string }
  | { readonly type: 'configs'; readonly resource: ConfigResource; readonly name: string; readonly configs: Record<string, string> }
  | { readonly type: 'producerIds'; readonly next: string }

export type TopicRecord = Omit<Topic, 'configs' | 'isInternal'> & { readonly configs: Record<string, string> }

const FILE = 'cluster-metadata.jsonl'

/** The file that the cluster's metadata lives in. A torn last line, left by a crash, is as if it had never been written. */
export class MetadataJournal {
  private file: LogFile | null = null
  private end = 0
  private readonly path: string

  constructor(
    private readonly fileSystem: FileSystem,
    private readonly directory: string,
  ) {
    this.path = join(directory, FILE)
  }

  /** Every change so far, oldest first. */
  read(): Change[] {
    const content = this.onDisk('read', () => this.fileSystem.readFile(this.path))
    if (content === null) return []
    const end = content.lastIndexOf(0x0a) + 1
    const lines = content.toString('utf8', 0, end).split('\n').filter(Boolean)
    return lines.map((line) => JSON.parse(line) as Change)
  }

  /** Replaces the file by these changes alone, so that it does not grow with its history. */
  rewrite(changes: readonly Change[]): void {
    this.close()
    const content = changes.map((change) => JSON.stringify(change) + '\n').join('')
    this.onDisk('write to', () => {
      this.fileSystem.writeFileAtomically(this.path, content)
      this.file = this.fileSystem.open(this.path, { create: false })
    })
    this.end = Buffer.byteLength(content)
  }

  /** Returns when the change is on the disk. Throws KafkaError KAFKA_STORAGE_ERROR; then the change has not happened. */
  append(change: Change): void {
    if (this.file === null) this.rewrite([])
    const file = this.file!
    const line = Buffer.from(JSON.stringify(change) + '\n')
    this.onDisk('write to', () => {
      try {
        file.write(line, this.end)
        file.sync()
      } catch (error) {
        file.truncate(this.end)
        throw error
      }
    })
    this.end += line.length
  }

  close(): void {
    this.file?.close()
    this.file = null
  }

  private onDisk<T>(action: string, run: () => T): T {
    return onDisk(action, this.directory, run)
  }
}
