import { BackgroundWork } from './background-work.ts'
import { DiskFaults, type Fault, systemError } from './disk-faults.ts'
import type { FileSystem, LogFile } from './file-system.ts'
import { MemoryFile, NOTHING, type SavedContent } from './memory-file.ts'

class FileNode {
  readonly content = new MemoryFile()
  synced: SavedContent = NOTHING
}

class DirectoryNode {
  entries = new Map<string, Node>()
  synced = new Map<string, Node>()
}

type Node = FileNode | DirectoryNode

/** What outlives a crash. */
export interface Survivors {
  readonly keepUnsynced?: boolean
  readonly keepNames?: boolean
  readonly survives?: () => boolean
}

/**
 * A disk in memory, for `--in-memory` and for tests. It keeps apart what has been written from what has been synced,
 * names as well as content, so that a power cut can be played; and it fails on purpose.
 */
export class MemoryDisk implements FileSystem {
  private readonly root = new DirectoryNode()
  private readonly faults = new DiskFaults()
  private readonly background = new BackgroundWork()

  /** Operations that have touched the disk. */
  get operations(): number {
    return this.faults.count
  }

  /** Whether the power has been cut, and not come back. */
  get isDown(): boolean {
    return this.faults.powerCut
  }

  /** Lets the n-th operation from now on (1 is the next one) fail, and every later one when the fault is `lasting`. */
  failAt(nth: number, fault: Fault, { lasting = false }: { lasting?: boolean } = {}): void {
    this.faults.failAt(nth, fault, lasting)
  }

  /** From now on nothing more can be written in a folder. */
  fill(folder: string): void {
    this.faults.full = folder
  }

  /** Ends a planned or lasting fault, and makes room. */
  heal(): void {
    this.faults.heal()
    this.faults.full = null
  }

  /**
   * Power back on. What was not synced is gone; with `keepNames` only what was in the files, as on a file system that
   * writes names down at once; with `survives`, which is asked again and again, names stay and files lose some blocks.
   * With `keepUnsynced` only the process had died, and all is as it was written.
   */
  restart({ keepUnsynced = false, keepNames = false, survives }: Survivors = {}): void {
    this.faults.heal()
    this.faults.powerCut = false
    this.background.forget()
    if (!keepUnsynced) forgetUnsynced(this.root, keepNames || survives !== undefined, survives)
  }

  open(path: string, { create }: { create: boolean }): LogFile {
    return this.faults.run('open', path, () => {
      const node = this.find(path) ?? (create ? this.add(path, new FileNode()) : null)
      if (!node) throw systemError('ENOENT', 'open', path)
      if (node instanceof DirectoryNode) throw systemError('EISDIR', 'open', path)
      return new OpenFile(path, node, this.faults)
    })
  }

  create(path: string): LogFile {
    const file = this.open(path, { create: true })
    if (file.size > 0) file.truncate(0)
    return file
  }

  readFile(path: string): Buffer | null {
    return this.faults.run('read', path, () => {
      const node = this.find(path)
      return node instanceof FileNode ? node.content.toBuffer() : null
    })
  }

  /** As a real disk does it, in steps that can fail one by one. */
  writeFileAtomically(path: string, content: Buffer | string): void {
    const temporary = `${path}.tmp`
    try {
      this.writeWholeFile(temporary, Buffer.from(content))
      this.rename(temporary, path)
    } catch (error) {
      if (!this.faults.powerCut) this.unlink(temporary)
      throw error
    }
    this.syncDirectory(split(path).parent)
  }

  private writeWholeFile(path: string, content: Buffer): void {
    const file = this.open(path, { create: true })
    file.truncate(0)
    file.write(content, 0)
    file.sync()
  }

  createExclusively(path: string, content: string): boolean {
    return this.faults.run('write', path, () => {
      if (this.find(path)) return false
      this.add(path, new FileNode()).content.write(Buffer.from(content), 0)
      return true
    })
  }

  exists(path: string): boolean {
    return this.faults.run('stat', path, () => this.find(path) !== null)
  }

  list(path: string): string[] {
    return this.faults.run('scandir', path, () => {
      const node = this.find(path)
      return node instanceof DirectoryNode ? [...node.entries.keys()] : []
    })
  }

  listFolders(path: string): string[] {
    return this.faults.run('scandir', path, () => {
      const node = this.find(path)
      if (!(node instanceof DirectoryNode)) return []
      return [...node.entries].flatMap(([name, entry]) => (entry instanceof DirectoryNode ? [name] : []))
    })
  }

  isDirectory(path: string): boolean {
    return this.faults.run('stat', path, () => this.find(path) instanceof DirectoryNode)
  }

  makeDirectory(path: string): void {
    this.faults.run('mkdir', path, () => {
      let folder = this.root
      for (const name of namesOf(path)) {
        const next = folder.entries.get(name) ?? new DirectoryNode()
        if (next instanceof FileNode) throw systemError('ENOTDIR', 'mkdir', path)
        folder.entries.set(name, next)
        folder = next
      }
    })
  }

  rename(from: string, to: string): void {
    this.faults.run('rename', from, () => {
      const node = this.find(from)
      if (!node) throw systemError('ENOENT', 'rename', from)
      this.add(to, node)
      this.parentOf(from).entries.delete(split(from).name)
    })
  }

  remove(path: string): void {
    this.faults.run('unlink', path, () => this.unlink(path))
  }

  private unlink(path: string): void {
    if (this.find(path)) this.parentOf(path).entries.delete(split(path).name)
  }

  space(): null {
    return null
  }

  syncDirectory(path: string): void {
    this.faults.run('fsync', path, () => {
      const node = this.find(path)
      if (!(node instanceof DirectoryNode)) throw systemError('ENOENT', 'fsync', path)
      node.synced = new Map(node.entries)
    })
  }

  /** At once, unless `holdBackground` was asked for. A power cut is the last that anyone hears of it. */
  syncInBackground(files: readonly string[], directories: readonly string[]): Promise<void> {
    return this.background.run(() => {
      for (const path of files) this.syncFile(path)
      for (const path of directories) if (this.find(path)) this.syncDirectory(path)
    })
  }

  private syncFile(path: string): void {
    const node = this.find(path)
    if (node instanceof FileNode) new OpenFile(path, node, this.faults).sync()
  }

  removeInBackground(path: string): Promise<void> {
    return this.background.run(() => this.remove(path))
  }

  /** From now on background work waits for `runBackground`. */
  holdBackground(): void {
    this.background.hold()
  }

  /** Does the background work that waits, up to so many pieces of it. */
  runBackground(count = Infinity): void {
    this.background.runHeld(count)
  }

  private find(path: string): Node | null {
    let node: Node | undefined = this.root
    for (const name of namesOf(path)) node = node instanceof DirectoryNode ? node.entries.get(name) : undefined
    return node ?? null
  }

  private parentOf(path: string): DirectoryNode {
    const parent = this.find(split(path).parent)
    if (parent instanceof DirectoryNode) return parent
    throw systemError('ENOENT', 'open', path)
  }

  private add<N extends Node>(path: string, node: N): N {
    this.parentOf(path).entries.set(split(path).name, node)
    return node
  }
}

class OpenFile implements LogFile {
  constructor(
    private readonly path: string,
    private readonly node: FileNode,
    private readonly faults: DiskFaults,
  ) {}

  get size(): number {
    return this.node.content.size
  }

  read(target: Buffer, length: number, position: number): number {
    return this.faults.run('read', this.path, () => this.node.content.read(target, length, position))
  }

  write(data: Buffer, position: number): void {
    const half = data.subarray(0, data.length >> 1)
    this.faults.run(
      'write',
      this.path,
      () => this.node.content.write(data, position),
      () => this.node.content.write(half, position),
    )
  }

  truncate(size: number): void {
    this.faults.run('ftruncate', this.path, () => this.node.content.truncate(size))
  }

  sync(): void {
    this.faults.run('fsync', this.path, () => {
      this.node.synced = this.node.content.save()
    })
  }

  close(): void {}
}

/**
 * The names that were synced come back, or those that there were, each with the content that was synced, and what
 * survives. What is there after a restart is on the disk.
 */
function forgetUnsynced(directory: DirectoryNode, keepNames: boolean, survives?: () => boolean): void {
  directory.entries = new Map(keepNames ? directory.entries : directory.synced)
  directory.synced = new Map(directory.entries)
  for (const node of directory.entries.values()) {
    if (node instanceof DirectoryNode) forgetUnsynced(node, keepNames, survives)
    else if (survives) {
      node.content.tear(node.synced, survives)
      node.synced = node.content.save()
    } else node.content.restore(node.synced)
  }
}

/** Paths of this disk are taken apart at either separator, so that tests read the same everywhere. */
function namesOf(path: string): string[] {
  return path.split(/[\\/]/).filter((name) => name !== '' && name !== '.')
}

function split(path: string): { parent: string; name: string } {
  const names = namesOf(path)
  return { parent: names.slice(0, -1).join('/'), name: names.at(-1) ?? '' }
}
