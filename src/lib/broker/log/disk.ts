import {
  closeSync,
  constants,
  fsyncSync,
  ftruncateSync,
  openSync,
  readFileSync,
  readSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  statfsSync,
  type Dirent,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { open, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { makeFolder } from '../../make-folder.ts'
import { type Descriptor, DescriptorPool } from './descriptor-pool.ts'
import type { FileSystem, LogFile } from './file-system.ts'

const MAX_OPEN_FILES = 500
const CREATE = constants.O_RDWR | constants.O_CREAT
const CREATE_EMPTY = CREATE | constants.O_TRUNC

/** The real disk. Files are opened when they are first used, and only `maxOpenFiles` of them stay open. */
export class Disk implements FileSystem {
  private readonly descriptors: DescriptorPool

  constructor(maxOpenFiles = MAX_OPEN_FILES) {
    this.descriptors = new DescriptorPool(maxOpenFiles)
  }

  open(path: string, options: { create: boolean }): LogFile {
    return DiskFile.open(path, this.descriptors, options.create)
  }

  create(path: string): LogFile {
    return DiskFile.create(path, this.descriptors)
  }

  readFile(path: string): Buffer | null {
    return unlessMissing(() => readFileSync(path), null)
  }

  writeFileAtomically(path: string, content: Buffer | string): void {
    const temporary = `${path}.tmp`
    try {
      writeWholeFile(temporary, Buffer.from(content))
      renameSync(temporary, path)
    } catch (error) {
      rmSync(temporary, { force: true })
      throw error
    }
    this.syncDirectory(dirname(path))
  }

  createExclusively(path: string, content: string): boolean {
    try {
      writeFileSync(path, content, { flag: 'wx' })
      return true
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
      throw error
    }
  }

  exists(path: string): boolean {
    return statSync(path, { throwIfNoEntry: false }) !== undefined
  }

  list(path: string): string[] {
    return unlessMissing(() => readdirSync(path), [])
  }

  listFolders(path: string): string[] {
    const isFolder = (entry: Dirent): boolean =>
      entry.isDirectory() || (entry.isSymbolicLink() && this.isDirectory(join(path, entry.name)))
    const entries = unlessMissing(() => readdirSync(path, { withFileTypes: true }), [])
    return entries.filter(isFolder).map(({ name }) => name)
  }

  isDirectory(path: string): boolean {
    return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false
  }

  makeDirectory(path: string): void {
    makeFolder(path)
  }

  rename(from: string, to: string): void {
    renameSync(from, to)
  }

  remove(path: string): void {
    rmSync(path, { recursive: true, force: true })
  }

  space(path: string): { totalBytes: bigint; usableBytes: bigint } | null {
    const { bsize, blocks, bavail } = statfsSync(path, { bigint: true })
    return { totalBytes: bsize * blocks, usableBytes: bsize * bavail }
  }

  syncDirectory(path: string): void {
    // Windows cannot open a folder; its file systems journal the names themselves.
    if (process.platform === 'win32') return
    withDescriptor(path, 'r', fsyncSync)
  }

  /** Through descriptors of its own: the pool may close those that it has. */
  async syncInBackground(files: readonly string[], directories: readonly string[]): Promise<void> {
    for (const path of files) await syncUnlessMissing(path, 'r+')
    if (process.platform !== 'win32') for (const path of directories) await syncUnlessMissing(path, 'r')
  }

  removeInBackground(path: string): Promise<void> {
    return rm(path, { recursive: true, force: true })
  }
}

class DiskFile implements LogFile, Descriptor {
  private constructor(
    readonly path: string,
    private readonly descriptors: DescriptorPool,
    private knownSize: number,
  ) {}

  static open(path: string, descriptors: DescriptorPool, create: boolean): DiskFile {
    const found = statSync(path, { throwIfNoEntry: create ? false : true })
    const file = new DiskFile(path, descriptors, found?.size ?? 0)
    if (!found) descriptors.use(file, CREATE)
    return file
  }

  static create(path: string, descriptors: DescriptorPool): DiskFile {
    const file = new DiskFile(path, descriptors, 0)
    descriptors.use(file, CREATE_EMPTY)
    return file
  }

  get size(): number {
    return this.knownSize
  }

  read(target: Buffer, length: number, position: number): number {
    const descriptor = this.descriptor()
    let done = 0
    while (done < length) {
      const count = readSync(descriptor, target, done, length - done, position + done)
      if (count === 0) break
      done += count
    }
    return done
  }

  write(data: Buffer, position: number): void {
    writeAll(this.descriptor(), data, position)
    this.knownSize = Math.max(this.knownSize, position + data.length)
  }

  truncate(size: number): void {
    ftruncateSync(this.descriptor(), size)
    this.knownSize = size
  }

  sync(): void {
    // Linux writes back the pages of the file, whichever descriptor they came through.
    fsyncSync(this.descriptor())
  }

  close(): void {
    this.descriptors.close(this)
  }

  private descriptor(): number {
    return this.descriptors.use(this, 'r+')
  }
}

function writeWholeFile(path: string, content: Buffer): void {
  withDescriptor(path, 'w', (descriptor) => {
    writeAll(descriptor, content, 0)
    fsyncSync(descriptor)
  })
}

/** `write(2)` may take less than it was given, at the end of a quota for example. */
function writeAll(descriptor: number, data: Buffer, position: number): void {
  let done = 0
  while (done < data.length) done += writeSync(descriptor, data, done, data.length - done, position + done)
}

function withDescriptor(path: string, flags: string, action: (descriptor: number) => void): void {
  const descriptor = openSync(path, flags)
  try {
    action(descriptor)
  } finally {
    closeSync(descriptor)
  }
}

async function syncUnlessMissing(path: string, flags: string): Promise<void> {
  try {
    const file = await open(path, flags)
    await file.sync().finally(() => file.close())
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
}

function unlessMissing<T>(action: () => T, missing: T): T {
  try {
    return action()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return missing
    throw error
  }
}
