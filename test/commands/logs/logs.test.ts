import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { execute } from '../../../src/dispatch.ts'
import type { Command } from '../../../src/lib/work/command.ts'
import { logsGenerate } from '../../../src/commands/logs/generate.ts'
import { logsTail } from '../../../src/commands/logs/tail.ts'
import { createContext } from '../../support/context.ts'
import { runTool, startTool, temporaryFolder } from '../../support/kts.ts'
import { entryOf } from '../../support/run-command.ts'

let folder: ReturnType<typeof temporaryFolder>
let env: { XDG_STATE_HOME: string }
let log: string

beforeEach(() => {
  folder = temporaryFolder()
  env = { XDG_STATE_HOME: folder.path }
  log = join(folder.path, 'kts', 'logs', 'access.log')
})

afterEach(() => folder.remove())

async function run(command: Command, ...args: string[]) {
  const { context, stdout, stderr } = createContext({ env })
  return { code: await execute(entryOf(command), args, context), stdout: stdout(), stderr: stderr() }
}

describe('start, tail and stop under their old names', () => {
  afterEach(async () => void (await runTool('kts', ['logs', 'stop'], { env })))

  test('a log is written in the background, followed, and stopped', async () => {
    expect(await runTool('start_logs.sh', ['--rate', '500'], { env })).toEqual({
      code: 0,
      stdout: `writing ${log}, 500 lines a second\n`,
      stderr: '',
    })
    expect(existsSync(`${log}.pid`)).toBe(true)
    const again = await runTool('start_logs', [], { env })
    expect(again).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringMatching(/is being written already, by process \d+/),
    })

    const tail = startTool('tail_logs.sh', ['--lines', '1'], { env })
    await tail.said(/\n(.*\n){20}/)
    tail.child.kill('SIGINT')
    const seen = await tail.finished
    expect(seen).toMatchObject({ code: 130, stderr: '' })

    expect(await runTool('stop_logs.sh', [], { env })).toEqual({
      code: 0,
      stdout: `stopped writing ${log}\n`,
      stderr: '',
    })
    expect(existsSync(`${log}.pid`)).toBe(false)
    expect(readFileSync(log, 'utf8')).toContain(seen.stdout)
    expect(await runTool('stop_logs', [], { env })).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('nothing writes'),
    })
  })

  test('a generator that was killed leaves a stale note, which stops nobody', async () => {
    const killed = startTool('kts', ['logs', 'start', '--foreground'], { env })
    await killed.said(/ready/)
    killed.child.kill('SIGKILL')
    await killed.finished
    expect(existsSync(`${log}.pid`)).toBe(true)
    expect((await runTool('kts', ['logs', 'stop'], { env })).code).toBe(1)
    expect((await runTool('kts', ['logs', 'start', '--foreground', '--count', '1'], { env })).code).toBe(0)
  })
})

test('--count ends the generator, --file takes the log elsewhere, --seed settles the requests', async () => {
  const requests = async (name: string): Promise<string[]> => {
    const { code } = await runTool(
      'kts',
      ['logs', 'start', '--foreground', '--count', '30', '--rate', '1000', '--seed', '4', '--file', name],
      { env, cwd: folder.path },
    )
    expect(code).toBe(0)
    return readFileSync(join(folder.path, name), 'utf8')
      .split('\n')
      .map((line) => line.replace(/\[.*?\]/, ''))
  }
  const first = await requests('a.log')
  expect(first).toHaveLength(31)
  expect(await requests('b.log')).toEqual(first)
})

test('a folder that cannot be written is said', async () => {
  writeFileSync(join(folder.path, 'kts'), '')
  const { code, stderr } = await runTool('kts', ['logs', 'start', '--foreground'], { env })
  expect(code).toBe(1)
  expect(stderr).toMatch(/^kts logs start: .*access\.log\.pid cannot be written: /)
  expect(stderr.trim().split('\n')).toHaveLength(1)
  const background = await runTool('kts', ['logs', 'start'], { env })
  expect(background).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/^kts logs start: .*logs-start\.log cannot be written: .*\n$/),
  })
})

describe('tail', () => {
  const lines = Array.from({ length: 30 }, (_, i) => `line ${i}\n`)
  const file = (): string => {
    const path = join(folder.path, 'some.log')
    writeFileSync(path, lines.join(''))
    return path
  }

  test('shows the last ten lines, or as many as asked', async () => {
    expect((await run(logsTail, '--no-follow', '--file', file())).stdout).toBe(lines.slice(-10).join(''))
    expect((await run(logsTail, '--no-follow', '-n', '3', '--file', file())).stdout).toBe(lines.slice(-3).join(''))
    expect((await run(logsTail, '--no-follow', '--from-beginning', '--file', file())).stdout).toBe(lines.join(''))
  })

  test('ends after --count lines', async () => {
    expect((await run(logsTail, '--from-beginning', '--count', '4', '--file', file())).stdout).toBe(
      lines.slice(0, 4).join(''),
    )
  })

  test('refuses what makes no sense', async () => {
    expect(await run(logsTail, '-n', '1', '--from-beginning')).toMatchObject({ code: 2 })
    expect(await run(logsTail, '-n', '-1')).toMatchObject({ code: 2 })
    expect(await run(logsTail, '--count', '0')).toMatchObject({ code: 2 })
  })

  test('without a log and without waiting it fails', async () => {
    expect(await run(logsTail, '--no-follow')).toMatchObject({
      code: 1,
      stderr: `kts test: ${log} cannot be read: there is no such file\n`,
    })
  })
})

describe('generate', () => {
  test('writes so many lines, the same ones for the same seed', async () => {
    const { stdout } = await run(logsGenerate, '--count', '1234', '--seed', '9')
    expect(stdout.match(/\n/g)).toHaveLength(1234)
    expect((await run(logsGenerate, '--count', '1234', '--seed', '9')).stdout).toBe(stdout)
    expect((await run(logsGenerate, '--count', '1234')).stdout).not.toBe(stdout)
  })

  test('begins with this moment when no seed is named', async () => {
    const { stdout } = await run(logsGenerate, '--count', '1')
    const [, day, month, year] = /\[(\d+)\/(\w+)\/(\d+)/.exec(stdout)!
    expect(Math.abs(Date.parse(`${day} ${month} ${year}`) - Date.now())).toBeLessThan(2 * 86_400_000)
  })

  test('refuses no lines', async () => {
    expect(await run(logsGenerate, '--count', '0')).toMatchObject({ code: 2 })
    expect(await run(logsGenerate, '--rate', '-1')).toMatchObject({ code: 2 })
  })
})
