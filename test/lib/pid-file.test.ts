import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { EnvironmentError } from '../../src/lib/errors.ts'
import { claimPidFile, runningPid } from '../../src/lib/pid-file.ts'
import { temporaryFolder } from '../support/kts.ts'

let folder: ReturnType<typeof temporaryFolder>
let path: string

beforeEach(() => {
  folder = temporaryFolder()
  path = join(folder.path, 'deep', 'access.log.pid')
})
afterEach(() => folder.remove())

test('names this process until it is released', () => {
  const release = claimPidFile(path)
  expect(runningPid(path)).toBe(process.pid)
  release()
  expect(existsSync(path)).toBe(false)
  expect(runningPid(path)).toBeUndefined()
})

test('cannot be claimed while its process runs', () => {
  claimPidFile(path)
  expect(() => claimPidFile(path)).toThrow(EnvironmentError)
  expect(() => claimPidFile(path)).toThrow(`already running, with pid ${process.pid}`)
})

test('of a process that is gone, or of another one with the same pid, is replaced', () => {
  claimPidFile(path)
  const [, start] = readFileSync(path, 'utf8').split('\n')
  for (const stale of [`${process.pid}\n${start}0\n`, `${process.pid}\n\n`, 'no pid', '']) {
    writeFileSync(path, stale)
    expect(runningPid(path)).toBeUndefined()
    claimPidFile(path)
    expect(runningPid(path)).toBe(process.pid)
  }
})

test('is left alone when somebody else has claimed it since', () => {
  const release = claimPidFile(path)
  writeFileSync(path, 'somebody else')
  release()
  expect(readFileSync(path, 'utf8')).toBe('somebody else')
})
