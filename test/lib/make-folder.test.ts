import { existsSync, mkdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { makeFolder } from '../../src/lib/make-folder.ts'
import { temporaryFolder } from '../support/kts.ts'

let folder: ReturnType<typeof temporaryFolder>
beforeEach(() => {
  folder = temporaryFolder()
})
afterEach(() => folder.remove())

describe('makeFolder', () => {
  it('makes those above too, with the mode that is asked for', () => {
    makeFolder(join(folder.path, 'a/b/c'), 0o700)
    expect(statSync(join(folder.path, 'a/b/c')).isDirectory()).toBe(true)
    if (process.platform !== 'win32')
      expect(['a', 'a/b', 'a/b/c'].map((path) => statSync(join(folder.path, path)).mode & 0o777)).toEqual([
        0o700, 0o700, 0o700,
      ])
  })

  it('leaves one that is there as it is, a link to one included', () => {
    mkdirSync(join(folder.path, 'there'))
    symlinkSync('there', join(folder.path, 'link'))
    makeFolder(join(folder.path, 'there'))
    makeFolder(join(folder.path, 'link'))
    makeFolder(join(folder.path, 'link/below'))
    expect(existsSync(join(folder.path, 'there/below'))).toBe(true)
  })

  it.each([
    ['a file', 'EEXIST', ''],
    ['a file above', 'ENOTDIR', '/below'],
  ])('throws where %s is in the way', (_, code, below) => {
    writeFileSync(join(folder.path, 'file'), '')
    expect(() => makeFolder(join(folder.path, `file${below}`))).toThrow(code)
  })

  it.skipIf(process.platform !== 'linux')(
    'throws where no folder can be: in /proc Node itself would go round for ever',
    () => {
      expect(() => makeFolder('/proc/kts/below')).toThrow('ENOENT')
    },
  )
})
