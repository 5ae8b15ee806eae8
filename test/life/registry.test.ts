import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { runTool, startTool, temporaryFolder, type Running } from '../support/kts.ts'
import { freePort, LifeBroker } from './support/broker.ts'

const USER =
  '{"type":"record","name":"User","fields":[{"name":"id","type":"long"},{"name":"name","type":["null","string"],"default":null}]}'

let broker: LifeBroker
beforeAll(async () => {
  broker = await LifeBroker.start()
})
afterAll(() => broker.close())

let folder: ReturnType<typeof temporaryFolder>
let port: string
const started = new Set<Running>()
beforeEach(async () => {
  folder = temporaryFolder()
  port = String(await freePort())
})
afterEach(async () => {
  await kts(['registry', 'stop', '--all'])
  for (const { child } of started) child.kill('SIGKILL')
  started.clear()
  folder.remove()
})

const url = (): string => `http://localhost:${port}`
const options = () => ({ env: { XDG_STATE_HOME: folder.path, KTS_BOOTSTRAP_SERVERS: broker.bootstrap } })
const kts = (args: readonly string[], input = '') => runTool('kts', args, { ...options(), input })
const start = (tool: string, ...args: string[]): Running => {
  const running = startTool(tool, args, options())
  started.add(running)
  return running
}
const write = (name: string, text: string): string => {
  const file = join(folder.path, name)
  writeFileSync(file, text)
  return file
}

describe('a registry in a process of its own', () => {
  test('keeps its schemas through kill -9: ids and records can be read on', async () => {
    const registry = start('kts', 'registry', 'start', '--port', port)
    await registry.said(new RegExp(`^Schema registry ready at ${url()}, over ${broker.bootstrap} \\(0 subjects\\)\n$`))
    expect(await kts(['topics', 'create', 'users'])).toMatchObject({ code: 0 })
    const schema = write('user.avsc', USER)
    const place = ['users', '--schema-registry', url()]
    const record = '{"id":9007199254740993,"name":{"string":"Ann"}}\n'
    expect(await kts(['produce', ...place, '--value-schema', schema], record)).toMatchObject({ code: 0, stderr: '' })
    registry.child.kill('SIGKILL')
    await registry.finished
    const again = start('kts', 'registry', 'start', '--port', port)
    await again.said(/\(1 subjects\)/)
    const read = ['consume', ...place, '--from-beginning', '--to-end']
    expect(await kts(read)).toMatchObject({ code: 0, stdout: record })
    expect(await kts(['schemas', 'get', 'users-value', '--schema-registry', url()])).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('"name":"User"'),
    })
    again.child.kill('SIGTERM')
    expect(await again.finished).toMatchObject({ code: 143 })
    // Without a registry the bytes are shown, and the records go on.
    expect(await kts(read)).toMatchObject({ code: 0, stdout: expect.stringContaining('Ann') })
  })

  test('goes on in the background until it is told to stop', async () => {
    const up = await kts(['registry', 'start', '--daemon', '--port', port])
    expect(up).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(new RegExp(`^Schema registry ready at ${url()}, pid \\d+\n$`)),
      stderr: expect.stringMatching(/log: .*; stop with: kts registry stop\n$/),
    })
    expect((await fetch(`${url()}/subjects`)).status).toBe(200)
    expect(await kts(['registry', 'start', '--port', port])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining(`port ${port} is taken by`),
    })
    expect(await kts(['registry', 'stop'])).toMatchObject({
      code: 0,
      stdout: expect.stringContaining(`stopped the schema registry on port ${port}`),
    })
    await expect(fetch(`${url()}/subjects`)).rejects.toThrow()
    expect(await kts(['registry', 'stop'])).toMatchObject({ code: 1, stdout: '' })
  })
})

test("Confluent's scripts start it by a settings file, and name what has no effect", async () => {
  const file = write(
    'schema-registry.properties',
    [
      `listeners=http://127.0.0.1:${port}`,
      `kafkastore.bootstrap.servers=PLAINTEXT://${broker.bootstrap}`,
      'kafkastore.topic=_schemas-by-file',
      'schema.compatibility.level=full',
      'schema.providers.avro.validate.defaults=true',
      'debug=true',
    ].join('\n'),
  )
  const registry = start('schema-registry-start', file)
  await registry.said(/ready/)
  expect(registry.output().stderr).toContain('these settings have no effect under kts: debug')
  expect(await (await fetch(`${url()}/config`)).json()).toEqual({ compatibilityLevel: 'FULL' })
  const fields = [{ name: 'f', type: 'string', default: null }]
  const refused = await fetch(`${url()}/subjects/unfit/versions`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ schema: JSON.stringify({ type: 'record', name: 'R', fields }) }),
  })
  expect(await refused.json()).toMatchObject({ error_code: 42201 })
  expect((await kts(['topics', 'list'])).stdout).toContain('_schemas-by-file\n')
  expect(await runTool('schema-registry-stop', [], options())).toMatchObject({ code: 0 })
  await registry.finished
})
