import { afterAll, describe, expect, test } from 'vitest'
import { runTool, startTool, temporaryFolder } from './support/kts.ts'

const folder = temporaryFolder()
afterAll(() => folder.remove())
const env = { XDG_STATE_HOME: folder.path }

describe('exit codes of the process', () => {
  test('0 for what is done, 2 for bad usage, 1 for bad usage under a drop-in name', async () => {
    expect(await runTool('kts', ['zookeeper', 'stop'])).toMatchObject({ code: 0, stdout: '' })
    expect(await runTool('kts', ['zookeeper', 'stop', '--nonsense'])).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringContaining('unknown option --nonsense'),
    })
    expect(await runTool('zookeeper-server-stop.sh', ['--nonsense'])).toMatchObject({ code: 1, stdout: '' })
    expect(await runTool('zookeeper-server-stop', ['--version'])).toEqual({ code: 0, stdout: '4.3.0\n', stderr: '' })
  })

  test('1 for what failed', async () => {
    expect(await runTool('kts', ['logs', 'stop'], { env })).toMatchObject({ code: 1, stdout: '' })
  })
})

describe('signals', () => {
  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('%s ends with %i once the command has wound up', async (signal, code) => {
    const { child, finished } = startTool('zookeeper-server-start', ['config/zookeeper.properties'], { env })
    child.stderr.once('data', () => child.kill(signal))
    expect((await finished).code).toBe(code)
  })

  test('output that was written before goes out first', async () => {
    const { child, finished, said } = startTool('kts', ['logs', 'generate', '--rate', '50'])
    await said(/\n/)
    child.kill('SIGINT')
    const { code, stdout } = await finished
    expect(code).toBe(130)
    expect(stdout).toMatch(/"\n$/)
  })
})

describe('a second signal', () => {
  test('ends at once a command that cannot wind up', async () => {
    const { child } = startTool('kts', ['logs', 'generate'])
    const exited = new Promise((resolve) => child.on('exit', resolve))
    // Nobody reads on, so the command waits for its reader, interrupted or not.
    await new Promise((resolve) => child.stdout.once('data', resolve))
    child.stdout.pause()
    child.kill('SIGINT')
    child.kill('SIGTERM')
    // Which of the two the process hears of first is the kernel's choice.
    expect([130, 143]).toContain(await exited)
    child.stdout.destroy()
  })
})

describe('a reader of stdout', () => {
  test('that goes away ends the command quietly', async () => {
    const { child, finished } = startTool('kts', ['logs', 'generate'])
    child.stdout.once('data', () => child.stdout.destroy())
    expect(await finished).toMatchObject({ code: 0, stderr: '' })
  })

  test('that is slow gets everything', async () => {
    const { child, finished } = startTool('kts', ['logs', 'generate', '--count', '20000', '--seed', '1'])
    child.stdout.pause()
    child.stdout.once('readable', () => setImmediate(() => child.stdout.resume()))
    const { code, stdout } = await finished
    expect(code).toBe(0)
    expect(stdout.match(/\n/g)).toHaveLength(20_000)
  })
})
