import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { Disk, type FileSystem, type LogFile, MemoryDisk } from '../../../../src/lib/broker/log/index.ts'
import { codeOf } from './support.ts'

const folders: string[] = []
afterEach(() => folders.splice(0).forEach((folder) => rmSync(folder, { recursive: true, force: true })))

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'kts-disk-'))
  folders.push(folder)
  return folder
}

const DISKS: Record<string, () => { disk: FileSystem; root: string }> = {
  'the real disk': () => ({ disk: new Disk(2), root: temporaryFolder() }),
  'the disk in memory': () => {
    const disk = new MemoryDisk()
    disk.makeDirectory('/data')
    return { disk, root: '/data' }
  },
}

function textOf(file: LogFile): string {
  const target = Buffer.alloc(file.size + 10)
  return target.toString('utf8', 0, file.read(target, target.length, 0))
}

it('the real disk knows how much room there is', () => {
  const { totalBytes, usableBytes } = new Disk().space(temporaryFolder())!
  expect(usableBytes).toBeGreaterThan(0n)
  expect(totalBytes).toBeGreaterThanOrEqual(usableBytes)
  expect(new MemoryDisk().space()).toBeNull()
})

describe.each(Object.entries(DISKS))('%s', (_, make) => {
  it('writes anywhere in a file, reads back up to its end, and cuts it', () => {
    const { disk, root } = make()
    const file = disk.open(join(root, 'a.log'), { create: true })
    file.write(Buffer.from('hello'), 0)
    file.write(Buffer.from('there!'), 5)
    file.write(Buffer.from('J'), 0)
    expect([file.size, textOf(file)]).toEqual([11, 'Jellothere!'])
    expect(file.read(Buffer.alloc(4), 4, 11)).toBe(0)
    file.truncate(5)
    file.write(Buffer.from('!'), 7)
    file.sync()
    expect([file.size, textOf(file)]).toEqual([8, 'Jello\0\0!'])
    file.close()
    expect(textOf(disk.open(join(root, 'a.log'), { create: false }))).toBe('Jello\0\0!')
  })

  it('opens no file that is not there, unless it may make it', () => {
    const { disk, root } = make()
    expect(codeOf(() => disk.open(join(root, 'none'), { create: false }))).toBe('ENOENT')
    disk.open(join(root, 'none'), { create: true })
    expect([disk.exists(join(root, 'none')), disk.list(root)]).toEqual([true, ['none']])
  })

  it('keeps files usable that it had to close, when more are open than it may have', () => {
    const { disk, root } = make()
    const files = Array.from({ length: 7 }, (_, n) => disk.open(join(root, `${n}.log`), { create: true }))
    for (const round of [0, 1, 2]) files.forEach((file, n) => file.write(Buffer.from(`${n}`), round))
    expect(files.map(textOf)).toEqual(['000', '111', '222', '333', '444', '555', '666'])
  })

  it('replaces a file whole', () => {
    const { disk, root } = make()
    disk.writeFileAtomically(join(root, 'meta'), 'old and long')
    disk.writeFileAtomically(join(root, 'meta'), 'new')
    expect([disk.readFile(join(root, 'meta'))?.toString(), disk.list(root)]).toEqual(['new', ['meta']])
    expect(disk.readFile(join(root, 'none'))).toBeNull()
  })

  it('makes, lists, renames and removes folders', () => {
    const { disk, root } = make()
    disk.makeDirectory(join(root, 'x', 'y'))
    disk.writeFileAtomically(join(root, 'x', 'y', 'f'), 'f')
    disk.rename(join(root, 'x'), join(root, 'z'))
    disk.syncDirectory(root)
    expect([
      disk.isDirectory(join(root, 'x')),
      disk.isDirectory(join(root, 'z', 'y')),
      disk.list(join(root, 'x')),
    ]).toEqual([false, true, []])
    expect([disk.list(join(root, 'z', 'y')), disk.isDirectory(join(root, 'z', 'y', 'f'))]).toEqual([['f'], false])
    expect([
      disk.listFolders(join(root, 'z')),
      disk.listFolders(join(root, 'z', 'y')),
      disk.listFolders('/none'),
    ]).toEqual([['y'], [], []])
    disk.remove(join(root, 'z'))
    disk.remove(join(root, 'z'))
    expect(disk.exists(join(root, 'z'))).toBe(false)
    expect(codeOf(() => disk.rename(join(root, 'z'), join(root, 'x')))).toBe('ENOENT')
  })
})

describe('the real disk', () => {
  it('leaves nothing behind when a file cannot be replaced', () => {
    const root = temporaryFolder()
    const disk = new Disk()
    disk.makeDirectory(join(root, 'target', 'full'))
    expect(codeOf(() => disk.writeFileAtomically(join(root, 'target'), 'x'))).toMatch(/EISDIR|ENOTEMPTY|EEXIST|EPERM/)
    expect([disk.list(root), statSync(join(root, 'target')).isDirectory()]).toEqual([['target'], true])
  })
})
