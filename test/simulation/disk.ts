import type { FileSystem, LogFile } from '../../src/lib/broker/log/file-system.ts'
import { MemoryDisk } from '../../src/lib/broker/log/index.ts'
import type { Survivors } from '../../src/lib/broker/log/memory-disk.ts'

/** Thrown by every operation of a process that has died in the middle of one. */
export class KilledError extends Error {
  override readonly name = 'KilledError'
}

/** Thrown by what would change something while somebody only looks. */
class ChangeError extends Error {}

/** A disk that is full, or broken, for as long as it lasts, or that sees its process die in the middle of something. */
export class SimulatedDisk implements FileSystem {
  fault: 'ENOSPC' | 'EIO' | null = null
  private readonly disk = new MemoryDisk()
  private deadly: { afterWrites: number; readonly onDeath: () => void } | null = null
  private isDead = false
  /** Whoever checks is no process of the simulation. */
  private isQuiet = false

  constructor(folder: string) {
    this.disk.makeDirectory(folder)
    this.disk.syncDirectory('/')
  }

  /** The process dies with the n-th write from now on, which is not done. */
  killAtWrite(nth: number, onDeath: () => void): void {
    this.deadly = { afterWrites: nth, onDeath }
  }

  /** The process that was to die has ended otherwise. */
  spareNext(): void {
    this.deadly = null
  }

  restart(survivors: Survivors): void {
    this.isDead = false
    this.fault = null
    this.disk.restart(survivors)
  }

  /** Looks at what is there whatever ails the disk; null where its process has to finish something first. */
  quietly<T>(action: () => T): T | null {
    this.isQuiet = true
    try {
      return action()
    } catch (error) {
      if (error instanceof ChangeError) return null
      throw error
    } finally {
      this.isQuiet = false
    }
  }

  open(path: string, options: { create: boolean }): LogFile {
    const open = (): LogFile => this.disk.open(path, options)
    return this.watched(options.create ? this.write(open) : this.read(open))
  }

  create(path: string): LogFile {
    return this.watched(this.write(() => this.disk.create(path)))
  }

  private watched(file: LogFile): LogFile {
    return {
      get size() {
        return file.size
      },
      read: (target, length, position) => this.read(() => file.read(target, length, position)),
      write: (data, position) => this.write(() => file.write(data, position)),
      truncate: (size) => this.write(() => file.truncate(size)),
      sync: () => this.write(() => file.sync()),
      close: () => file.close(),
    }
  }

  readFile(path: string): Buffer | null {
    return this.read(() => this.disk.readFile(path))
  }

  writeFileAtomically(path: string, content: Buffer | string): void {
    this.write(() => this.disk.writeFileAtomically(path, content))
  }

  createExclusively(path: string, content: string): boolean {
    return this.write(() => this.disk.createExclusively(path, content))
  }

  exists(path: string): boolean {
    return this.look(() => this.disk.exists(path))
  }

  list(path: string): string[] {
    return this.read(() => this.disk.list(path))
  }

  listFolders(path: string): string[] {
    return this.read(() => this.disk.listFolders(path))
  }

  isDirectory(path: string): boolean {
    return this.look(() => this.disk.isDirectory(path))
  }

  makeDirectory(path: string): void {
    this.write(() => this.disk.makeDirectory(path))
  }

  rename(from: string, to: string): void {
    this.write(() => this.disk.rename(from, to))
  }

  /** A full disk lets go of what it has. */
  remove(path: string): void {
    this.refuseWhileQuiet()
    this.read(() => this.disk.remove(path))
  }

  space(): null {
    return null
  }

  syncDirectory(path: string): void {
    this.write(() => this.disk.syncDirectory(path))
  }

  async syncInBackground(files: readonly string[], directories: readonly string[]): Promise<void> {
    await this.write(() => this.disk.syncInBackground(files, directories))
  }

  async removeInBackground(path: string): Promise<void> {
    await this.read(() => this.disk.removeInBackground(path))
  }

  /** Whether something is there a file system knows by heart. */
  private look<T>(action: () => T): T {
    if (this.isDead && !this.isQuiet) throw new KilledError('the process has died')
    return action()
  }

  private read<T>(action: () => T): T {
    if (!this.isQuiet && this.fault === 'EIO') throw refused('EIO')
    return this.look(action)
  }

  private refuseWhileQuiet(): void {
    if (this.isQuiet) throw new ChangeError('who only looks changes nothing')
  }

  private write<T>(action: () => T): T {
    this.refuseWhileQuiet()
    if (this.isDead) throw new KilledError('the process has died')
    if (this.deadly && (this.deadly.afterWrites -= 1) <= 0) {
      this.isDead = true
      this.deadly.onDeath()
      throw new KilledError('the process dies')
    }
    if (this.fault) throw refused(this.fault)
    return action()
  }
}

const refused = (code: string): Error =>
  Object.assign(new Error(`${code}: the disk refuses`), { code, syscall: 'write' })
