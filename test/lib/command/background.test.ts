import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { startInBackground } from '../../../src/lib/command/background.ts'
import { EnvironmentError } from '../../../src/lib/errors.ts'
import { runningPid } from '../../../src/lib/pid-file.ts'
import { runTool, temporaryFolder } from '../../support/kts.ts'

let folder: ReturnType<typeof temporaryFolder>
let logFile: string

beforeEach(() => {
  folder = temporaryFolder()
  logFile = join(folder.path, 'deep', 'some.log')
})
afterEach(() => folder.remove())

const start = (args: string[], timeoutMs?: number) =>
  startInBackground(args, {
    cwd: folder.path,
    env: { ...process.env, XDG_STATE_HOME: folder.path },
    logFile,
    ...(timeoutMs && { timeoutMs }),
  })

test('returns when the process says that it is ready, and lets it go on', async () => {
  await start(['logs', 'start', '--foreground', '--file', 'a.log'])
  try {
    expect(runningPid(join(folder.path, 'a.log.pid'))).toBeGreaterThan(0)
    expect(readFileSync(logFile, 'utf8')).toMatch(/^ready: /)
  } finally {
    await runTool('kts', ['logs', 'stop', '--file', 'a.log'], { cwd: folder.path })
  }
})

test('returns when the process ends well', async () => {
  await start(['zookeeper', 'stop'])
  expect(readFileSync(logFile, 'utf8')).toContain('no ZooKeeper')
})

test('passes on the last thing that a failed process said, not what an earlier one did', async () => {
  await start(['zookeeper', 'stop'])
  await expect(start(['logs', 'stop'])).rejects.toThrow(EnvironmentError)
  await expect(start(['logs', 'stop'])).rejects.toThrow(/^nothing writes .*access\.log; kts logs start does$/)
})

test('gives up on a process that never gets ready, and ends it', async () => {
  await expect(start(['logs', 'tail'], 500)).rejects.toThrow('kts logs tail was not ready after 0.5 s')
})
