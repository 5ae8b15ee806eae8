import type * as NodeFs from 'node:fs'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, vi } from 'vitest'
import { Disk } from '../../../../src/lib/broker/log/index.ts'

/** A system call that takes three bytes at a time, and gives two. */
vi.mock('node:fs', async (original) => {
  const fs = await original<typeof NodeFs>()
  return {
    ...fs,
    writeSync: (fd: number, data: Buffer, at: number, length: number, position: number) =>
      fs.writeSync(fd, data, at, Math.min(length, 3), position),
    readSync: (fd: number, data: Buffer, at: number, length: number, position: number) =>
      fs.readSync(fd, data, at, Math.min(length, 2), position),
  }
})

it('goes on writing and reading where the system stopped', () => {
  const root = mkdtempSync(join(tmpdir(), 'kts-short-'))
  try {
    const disk = new Disk()
    const file = disk.open(join(root, 'a'), { create: true })
    file.write(Buffer.from('0123456789'), 0)
    disk.writeFileAtomically(join(root, 'b'), 'abcdefgh')
    const target = Buffer.alloc(9)
    expect([file.size, file.read(target, 9, 1), target.toString()]).toEqual([10, 9, '123456789'])
    expect([readFileSync(join(root, 'a'), 'utf8'), readFileSync(join(root, 'b'), 'utf8')]).toEqual([
      '0123456789',
      'abcdefgh',
    ])
  } finally {
    rmSync(root, { recursive: true, force: true })
  }
})
