import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { UserError } from '../../src/lib/errors.ts'
import { readLatin1, readText } from '../../src/lib/files.ts'

const folder = mkdtempSync(join(tmpdir(), 'kts-files-'))
afterAll(() => rmSync(folder, { recursive: true }))

const file = (name: string, content: string | Buffer): string => {
  writeFileSync(join(folder, name), content)
  return name
}

describe('a text file', () => {
  it.each([
    ['utf-8', Buffer.from('a=ü')],
    ['utf-8 with a mark', Buffer.from('\ufeffa=ü')],
    ['utf-16', Buffer.from('\ufeffa=ü', 'utf16le')],
    ['utf-16, big-endian', Buffer.from('\ufeffa=ü', 'utf16le').swap16()],
  ])('is read in %s', (name, content) => expect(readText(file(name, content), { cwd: folder })).toBe('a=ü'))

  it('of Java is in Latin-1, unless it says otherwise', () => {
    expect(readLatin1(file('latin', Buffer.from('a=ü', 'latin1')), { cwd: folder })).toBe('a=ü')
    expect(readLatin1(file('marked', '\ufeffa=ü'), { cwd: folder })).toBe('a=ü')
    expect(readLatin1(file('java', 'a=ü'), { cwd: folder })).toBe('a=Ã¼')
  })

  it.each([
    ['none', 'there is no such file'],
    ['.', 'it is a folder'],
    ['latin/x', 'a part of its path is not a folder'],
    ['a'.repeat(300), 'its name is too long'],
    ['a\0b', 'its name has a zero byte'],
    ['circle', 'its symbolic links lead in a circle'],
    ['latin', 'it is not text in UTF-8'],
  ])('that cannot be read is named: %j', (name, reason) => {
    file('latin', Buffer.from('a=ü', 'latin1'))
    rmSync(join(folder, 'circle'), { force: true })
    symlinkSync('circle', join(folder, 'circle'))
    const read = () => readText(name, { cwd: folder, before: '--file ' })
    expect(read).toThrow(UserError)
    expect(read).toThrow(`--file ${name} cannot be read: ${reason}`)
  })

  it('that has no name is not the folder', () => {
    expect(() => readText('', { cwd: folder })).toThrow('"" cannot be read: no file is named')
  })

  it.skipIf(process.platform === 'win32')('that can be read once only is asked for twice', () => {
    const fifo = join(folder, 'fifo')
    execFileSync('mkfifo', [fifo])
    execFileSync('sh', ['-c', 'printf once > "$0" &', fifo], { stdio: 'ignore' })
    expect([readText(fifo), readText(fifo)]).toEqual(['once', 'once'])
  })
})
