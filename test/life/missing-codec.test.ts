import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { runTool, startTool, temporaryFolder, type Running } from '../support/kts.ts'

const folder = temporaryFolder()
const started = new Set<Running>()
afterEach(async () => {
  for (const { child } of started) child.kill('SIGKILL')
  await Promise.all([...started].map(({ finished }) => finished))
  started.clear()
})
afterAll(() => folder.remove())

/** The environment in which a package is not there. */
const hidden = new Map<string, Record<string, string>>()
beforeAll(() => {
  for (const [name, packageName] of [
    ['zstd', '@toondepauw/node-zstd'],
    ['snappy', 'snappy'],
  ] as const) {
    const path = join(folder.path, `no-${name}.cjs`)
    writeFileSync(
      path,
      `const Module = require('node:module'); const load = Module._load
Module._load = (request, ...rest) => { if (request === '${packageName}') throw new Error('Cannot find module ${packageName}'); return load(request, ...rest) }`,
    )
    hidden.set(name, { NODE_OPTIONS: `--require ${path}` })
  }
})

async function startBroker(name: string, env: Record<string, string> = {}): Promise<string> {
  const broker = startTool('kts', ['broker', 'start', '--port', '0', '--data-dir', join(folder.path, name)], {
    env: { XDG_STATE_HOME: join(folder.path, name), ...env },
  })
  started.add(broker)
  return /ready at (\S+:\d+)/.exec(await broker.said(/ready at \S+:\d+\D/))![1]!
}

test('a broker without the module for zstd serves everything else', async () => {
  const bootstrap = await startBroker('a', hidden.get('zstd'))
  const produce = (codec: string) =>
    runTool('kts', ['produce', '--topic', 't', '--compression-codec', codec, '-b', bootstrap], { input: `${codec}\n` })
  expect((await produce('gzip')).code).toBe(0)
  expect((await produce('zstd')).code).toBe(0)
  const { stdout } = await runTool(
    'kts',
    ['consume', '--topic', 't', '--from-beginning', '--to-end', '-b', bootstrap],
    { env: hidden.get('zstd')! },
  )
  expect(stdout).toBe('gzip\nzstd\n')
})

test('a consumer shows what comes before a batch that it has no codec for, and says what it lacks', async () => {
  const bootstrap = await startBroker('b')
  await runTool('kts', ['produce', '--topic', 't', '-b', bootstrap], { input: 'plain\n' })
  await runTool('kts', ['produce', '--topic', 't', '--compression-codec', 'snappy', '-b', bootstrap], {
    input: 'packed\n',
  })
  const { code, stdout, stderr } = await runTool(
    'kts',
    ['consume', '--topic', 't', '--from-beginning', '--to-end', '-b', bootstrap],
    { env: hidden.get('snappy')! },
  )
  expect([code, stdout]).toEqual([1, 'plain\n'])
  expect(stderr).toMatch(
    /^kts consume: snappy compression needs the module snappy, which cannot be loaded here \(.*\); reinstall kts with its dependencies\n/m,
  )
})
