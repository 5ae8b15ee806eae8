import { spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { registryBeside, runningRegistries, tryToNoteRegistry } from '../../../src/lib/config/registry-notes.ts'
import { temporaryFolder } from '../../support/kts.ts'

const ABOUT = { url: 'http://localhost:8081', port: 8081, bootstrapServers: ['localhost:9092', 'far:9093'] }
const fail = (line: string): never => {
  throw new Error(line)
}

let folder: ReturnType<typeof temporaryFolder>
let env: { XDG_STATE_HOME: string }
beforeEach(() => {
  folder = temporaryFolder()
  env = { XDG_STATE_HOME: folder.path }
})
afterEach(() => folder.remove())

const notesFolder = (): string => join(folder.path, 'kts', 'registries')

describe('the note of a registry', () => {
  it('is there until it is taken away', () => {
    expect(runningRegistries(env)).toEqual([])
    const forget = tryToNoteRegistry(env, ABOUT, fail)
    expect(runningRegistries(env)).toEqual([{ pid: process.pid, identity: expect.anything() as string, ...ABOUT }])
    forget()
    expect(runningRegistries(env)).toEqual([])
  })

  it('is found by one of its brokers, whichever way loopback is written', () => {
    tryToNoteRegistry(env, ABOUT, fail)
    for (const server of ['localhost:9092', '127.0.0.1:9092', ' [::1]:9092', 'far:9093'])
      expect(registryBeside(['other:1', server], env)?.port).toBe(8081)
    expect(registryBeside(['localhost:9093', 'far:9092'], env)).toBeUndefined()
  })

  it('of a process that is gone, or that cannot be read, is cleared', () => {
    mkdirSync(notesFolder(), { recursive: true })
    const { pid } = spawnSync(process.execPath, ['-e', ''])
    writeFileSync(join(notesFolder(), `${pid}.json`), JSON.stringify({ pid, identity: 'it', ...ABOUT }))
    writeFileSync(join(notesFolder(), '1.json'), 'half a no')
    expect(runningRegistries(env)).toEqual([])
    expect(readdirSync(notesFolder())).toEqual([])
  })

  it('that cannot be left is warned of, and the registry serves', () => {
    const warnings: string[] = []
    const forget = tryToNoteRegistry({ XDG_STATE_HOME: '/dev/null' }, ABOUT, (line) => warnings.push(line))
    expect(warnings).toEqual([expect.stringContaining('kts registry stop will not find this registry: ')])
    expect(forget).not.toThrow()
  })
})
