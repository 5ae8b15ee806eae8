import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MemoryDisk, PowerCutError } from '../../../../src/lib/broker/log/index.ts'
import { MemoryFile } from '../../../../src/lib/broker/log/memory-file.ts'
import { codeOf } from './support.ts'

function diskWith(content: string): { disk: MemoryDisk; file: ReturnType<MemoryDisk['open']> } {
  const disk = new MemoryDisk()
  disk.makeDirectory('/d')
  disk.syncDirectory('/')
  const file = disk.open('/d/f', { create: true })
  file.write(Buffer.from(content), 0)
  return { disk, file }
}

describe('a power cut', () => {
  it('takes content that was not synced, and names whose folder was not synced', () => {
    const { disk, file } = diskWith('kept')
    file.sync()
    disk.syncDirectory('/d')
    file.write(Buffer.from(' lost'), 4)
    disk.open('/d/new', { create: true }).sync()
    disk.restart()
    expect([disk.list('/d'), disk.readFile('/d/f')?.toString()]).toEqual([['f'], 'kept'])
  })

  it('brings back what was overwritten, cut, renamed or removed', () => {
    const { disk, file } = diskWith('x'.repeat(200_000))
    file.sync()
    disk.syncDirectory('/d')
    file.write(Buffer.from('y'), 70_000)
    file.truncate(100)
    disk.rename('/d/f', '/d/g')
    disk.remove('/d/g')
    disk.restart()
    expect(disk.readFile('/d/f')?.equals(Buffer.from('x'.repeat(200_000)))).toBe(true)
  })

  it('takes nothing that was written when only the process dies', () => {
    const { disk } = diskWith('all')
    disk.restart({ keepUnsynced: true })
    expect(disk.readFile('/d/f')?.toString()).toBe('all')
  })

  it('leaves a file that is replaced atomically old or new, at whatever step it comes', () => {
    for (let step = 1; step <= 6; step += 1) {
      const { disk } = diskWith('')
      disk.writeFileAtomically('/d/meta', 'old')
      disk.failAt(step, 'crash')
      expect(() => disk.writeFileAtomically('/d/meta', 'new')).toThrow(PowerCutError)
      expect(() => disk.list('/d')).toThrow(PowerCutError)
      disk.restart()
      expect(disk.readFile('/d/meta')?.toString()).toMatch(/^(old|new)$/)
    }
  })
})

describe('a fault', () => {
  it('strikes the operation it was planned for, once or lastingly', () => {
    const { disk, file } = diskWith('')
    disk.failAt(2, 'EIO')
    expect([1, 2, 3].map(() => codeOf(() => file.sync()))).toEqual(['no error', 'EIO', 'no error'])
    disk.failAt(1, 'EACCES', { lasting: true })
    expect([1, 2].map(() => codeOf(() => file.sync()))).toEqual(['EACCES', 'EACCES'])
    disk.heal()
    expect(codeOf(() => file.sync())).toBe('no error')
  })

  it('leaves half of a short write behind', () => {
    const { disk, file } = diskWith('')
    disk.failAt(1, 'short-write')
    expect(codeOf(() => file.write(Buffer.from('12345678'), 0))).toBe('ENOSPC')
    expect(disk.readFile('/d/f')?.toString()).toBe('1234')
  })
})

it('a file in memory holds what a plain buffer would', () => {
  const operation = fc.oneof(
    fc.record({ write: fc.uint8Array({ minLength: 1, maxLength: 90_000 }), at: fc.nat(200_000) }),
    fc.record({ cut: fc.nat(250_000) }),
    fc.constant('save' as const),
  )
  fc.assert(
    fc.property(fc.array(operation, { maxLength: 12 }), (operations) => {
      const file = new MemoryFile()
      let model = Buffer.alloc(0)
      let saved = { content: file.save(), model }
      for (const step of operations) {
        if (step === 'save') saved = { content: file.save(), model }
        else if ('cut' in step) model = resized(model, step.cut, () => file.truncate(step.cut))
        else {
          model = resized(model, Math.max(model.length, step.at + step.write.length), () =>
            file.write(Buffer.from(step.write), step.at),
          )
          model.set(step.write, step.at)
        }
        expect(file.toBuffer().equals(model)).toBe(true)
      }
      file.restore(saved.content)
      expect(file.toBuffer().equals(saved.model)).toBe(true)
    }),
    { numRuns: 60 },
  )
})

function resized(model: Buffer, size: number, run: () => void): Buffer<ArrayBuffer> {
  run()
  const next = Buffer.alloc(size)
  model.copy(next)
  return next
}
