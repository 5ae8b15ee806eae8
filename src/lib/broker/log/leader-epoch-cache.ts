import type { FileSystem } from './file-system.ts'
import { replaceUnsynced, writeUnsynced } from './unsynced-file.ts'

const FILE = 'leader-epoch-checkpoint'
const VERSION = '0'
const MAX_EPOCH = 0x7fff_ffff
const UNKNOWN = { leaderEpoch: -1, endOffset: -1n } as const

interface EpochEntry {
  readonly epoch: number
  readonly startOffset: bigint
}

/**
 * At which offset each leader epoch began (LeaderEpochFileCache in Kafka, KIP-101, KIP-320), kept in
 * `leader-epoch-checkpoint`: a version, the number of entries, then lines of epoch and start offset.
 */
export class LeaderEpochCache {
  private entries: readonly EpochEntry[]
  readonly path: string
  /** False when the file was missing or made no sense: the entries have to be found in the batches. */
  readonly wasReadable: boolean
  /** Whether the file is on the disk, as far as that was waited for. */
  isSynced = true

  constructor(
    private readonly fileSystem: FileSystem,
    directory: string,
    onWarning: (message: string) => void = () => {},
    /** The names in the folder, where they are known. */
    names: readonly string[] = [FILE],
  ) {
    this.path = `${directory}/${FILE}`
    const content = names.includes(FILE) ? fileSystem.readFile(this.path) : null
    const entries = parse(content)
    this.wasReadable = entries !== null
    if (!entries && content !== null && content.length > 0)
      onWarning(`${this.path} is damaged: the leader epochs are read from the log instead`)
    this.entries = entries ?? []
  }

  /** -1 when no record has been written. */
  get latest(): number {
    return this.entries.at(-1)?.epoch ?? -1
  }

  /** Where the oldest epoch begins: at the start of the log, unless that is older than its epochs. */
  get firstOffset(): bigint {
    return this.entries[0]?.startOffset ?? 0n
  }

  /** Takes note of the epoch of an offset; entries that contradict it are dropped. */
  assign(epoch: number, startOffset: bigint): void {
    if (epoch < 0 || epoch === this.epochAt(startOffset)) return
    const kept = this.entries.filter((entry) => entry.epoch < epoch && entry.startOffset < startOffset)
    this.replace([...kept, { epoch, startOffset }])
  }

  /**
   * The epoch asked for, or the largest below it, and the offset at which it ends (LeaderEpochFileCache.endOffsetFor).
   */
  endOffsetFor(epoch: number, logEndOffset: bigint): { leaderEpoch: number; endOffset: bigint } {
    if (epoch < 0) return UNKNOWN
    if (epoch === this.latest) return { leaderEpoch: epoch, endOffset: logEndOffset }
    const next = this.entries.findIndex((entry) => entry.epoch > epoch)
    if (next < 0) return UNKNOWN
    return { leaderEpoch: this.entries[next - 1]?.epoch ?? epoch, endOffset: this.entries[next]!.startOffset }
  }

  epochAt(offset: bigint): number {
    return this.entries.findLast((entry) => entry.startOffset <= offset)?.epoch ?? -1
  }

  /** The log now begins at an offset: older epochs are gone, and the one there begins there. */
  truncateFromStart(startOffset: bigint): void {
    const first = this.entries.findLastIndex((entry) => entry.startOffset <= startOffset)
    if (first < 0 || this.entries[first]!.startOffset === startOffset) return this.dropBefore(first)
    this.replace([{ epoch: this.entries[first]!.epoch, startOffset }, ...this.entries.slice(first + 1)])
  }

  private dropBefore(first: number): void {
    if (first > 0) this.replace(this.entries.slice(first))
  }

  /** The log now ends at an offset: epochs that begin there or later have no record. */
  truncateFromEnd(endOffset: bigint): void {
    const kept = this.entries.filter((entry) => entry.startOffset < endOffset)
    if (kept.length < this.entries.length) this.replace(kept)
  }

  clear(): void {
    if (this.entries.length > 0) this.replace([])
  }

  /** Begins anew, with a file that says so. */
  reset(): void {
    writeUnsynced(this.fileSystem, this.path, format([]))
    this.entries = []
  }

  /** The file first: what is not written is not known. */
  private replace(entries: readonly EpochEntry[]): void {
    replaceUnsynced(this.fileSystem, this.path, format(entries))
    this.entries = entries
    this.isSynced = false
  }

  /** Puts the file on the disk. Until then the epochs of the active segment can be found in its batches. */
  sync(): void {
    if (this.isSynced) return
    this.fileSystem.writeFileAtomically(this.path, format(this.entries))
    this.isSynced = true
  }
}

function format(entries: readonly EpochEntry[]): string {
  const lines = entries.map(({ epoch, startOffset }) => `${epoch} ${startOffset}`)
  return [VERSION, entries.length, ...lines, ''].join('\n')
}

/** Null when the file is missing, empty (as Kafka makes it, or a power cut leaves it) or damaged. */
function parse(content: Buffer | null): EpochEntry[] | null {
  if (content === null) return null
  const [version, count, ...lines] = content.toString('utf8').trimEnd().split('\n')
  const entries = lines.map(parseEntry)
  if (version !== VERSION || Number(count) !== lines.length || !areAscending(entries)) return null
  return entries
}

function areAscending(entries: readonly (EpochEntry | null)[]): entries is EpochEntry[] {
  return entries.every((entry, index) => {
    const before = entries[index - 1]
    return (
      entry !== null &&
      entry.epoch <= MAX_EPOCH &&
      (!before || (before.epoch < entry.epoch && before.startOffset < entry.startOffset))
    )
  })
}

function parseEntry(line: string): EpochEntry | null {
  const [, epoch, startOffset] = /^(\d+)\s+(\d+)\s*$/.exec(line) ?? []
  return epoch !== undefined && startOffset !== undefined
    ? { epoch: Number(epoch), startOffset: BigInt(startOffset) }
    : null
}
