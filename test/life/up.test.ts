import { once } from 'node:events'
import { existsSync, mkdirSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { processIdentity } from '../../src/lib/processes.ts'
import { runTool, startTool, temporaryFolder, type Running } from '../support/kts.ts'
import { freePort } from './support/broker.ts'

let folder: ReturnType<typeof temporaryFolder>
const started = new Set<Running>()
beforeEach(() => {
  folder = temporaryFolder()
})
afterEach(async () => {
  await kts('down', '--all')
  for (const { child } of started) child.kill('SIGKILL')
  started.clear()
  folder.remove()
})

const env = (): Record<string, string> => ({
  XDG_STATE_HOME: join(folder.path, 'state'),
  XDG_CONFIG_HOME: join(folder.path, 'config'),
})
const kts = (...args: string[]) => runTool('kts', args, { env: env() })
const start = (...args: string[]): Running => {
  const running = startTool('kts', args, { env: env() })
  started.add(running)
  return running
}

async function freePorts(): Promise<{ port: string; registryPort: string; webPort: string; ports: string[] }> {
  const [port, registryPort, webPort] = [await freePort(), await freePort(), await freePort()].map(String) as [
    string,
    string,
    string,
  ]
  const ports = ['--port', port, '--registry-port', registryPort, '--web-port', webPort]
  return { port, registryPort, webPort, ports }
}

const session = async (webPort: string, query = ''): Promise<{ status: number; body: unknown }> => {
  const response = await fetch(`http://localhost:${webPort}/api/session${query}`)
  return { status: response.status, body: await response.json() }
}

describe('kts up', () => {
  test.each(['SIGINT', 'SIGTERM'] as const)(
    'tells where broker, registry and page are; %s ends all of them',
    async (signal) => {
      const { port, registryPort, webPort, ports } = await freePorts()
      const up = start('up', ...ports, '--topic', 'orders:3')
      await up.warned(/\n/)
      const dataDir = join(folder.path, 'state', 'kts', 'data')
      expect(up.output()).toEqual({
        stdout:
          `Kafka broker 1 ready at localhost:${port}, data in ${dataDir}\n` +
          `Schema registry ready at http://localhost:${registryPort}\nPage ready at http://localhost:${webPort}/\n`,
        stderr: 'Ctrl-C stops them\n',
      })
      expect((await kts('topics', 'list', '-b', `localhost:${port}`)).stdout).toContain('\norders\n')
      expect(await session(webPort)).toMatchObject({
        status: 200,
        body: { bootstrapServers: `localhost:${port}`, schemaRegistry: `http://localhost:${registryPort}` },
      })
      up.child.kill(signal)
      expect(await up.finished).toMatchObject({ code: signal === 'SIGINT' ? 130 : 143, stderr: 'Ctrl-C stops them\n' })
      expect(existsSync(join(dataDir, '.kafka_cleanshutdown'))).toBe(true)
      await expect(session(webPort)).rejects.toThrow()
      expect(await kts('broker', 'status')).toMatchObject({ code: 1 })
    },
  )

  test('asks for no token, and so knows no cluster but its own', async () => {
    mkdirSync(join(folder.path, 'config', 'kts'), { recursive: true })
    const other = ['profile', 'add', 'prod', '-b', 'prod.example.com:9092']
    expect(await kts(...other)).toMatchObject({ code: 0 })
    const { webPort, ports } = await freePorts()
    await start('up', '--in-memory', ...ports).said(/Page ready/)
    expect(await session(webPort)).toMatchObject({ status: 200, body: { profiles: [] } })
    expect(await session(webPort, '?profile=prod')).toMatchObject({ status: 403 })
  })

  test('--daemon goes on in the background until kts down', async () => {
    const { port, webPort, ports } = await freePorts()
    const up = await kts('up', '--daemon', '--in-memory', ...ports)
    expect(up).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^Kafka broker 1 ready at .*, in memory, pid \d+\nSchema .*\nPage ready at .*\n$/),
      stderr: `log: ${folder.path}/state/kts/logs/server-${port}.log; stop them with: kts down\n`,
    })
    const pid = Number(/pid (\d+)/.exec(up.stdout)![1])
    expect(await session(webPort)).toMatchObject({ status: 200 })
    expect(JSON.parse((await kts('broker', 'status', '--json')).stdout)).toMatchObject([{ pid }])
    expect(await kts('down')).toEqual({
      code: 0,
      stdout: `stopped broker 1 at localhost:${port} with its page at http://localhost:${webPort}/ (pid ${pid})\n`,
      stderr: '',
    })
    expect(processIdentity(pid)).toBe(null)
    expect(await kts('down')).toEqual({
      code: 1,
      stdout: '',
      stderr: 'kts down: nothing that kts up has started runs here; kts up starts it\n',
    })
  })

  test('down leaves other brokers alone, and ends one of several by its port', async () => {
    const [one, other] = [await freePorts(), await freePorts()]
    const alone = start('broker', 'start', '--in-memory', '--port', '0')
    await alone.said(/ready at/)
    expect(await kts('down')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining(`kts broker stop ends the broker at localhost:`),
    })
    for (const { ports } of [one, other]) await kts('up', '--daemon', '--in-memory', ...ports)
    expect(await kts('down')).toMatchObject({ code: 2, stderr: expect.stringContaining('several run: localhost:') })
    expect(await kts('down', '--port', one.port)).toMatchObject({ code: 0 })
    await expect(session(one.webPort)).rejects.toThrow()
    expect(await session(other.webPort)).toMatchObject({ status: 200 })
    alone.child.kill('SIGTERM')
    await alone.finished
  })
})

describe('a port that is taken is named, with who has it', () => {
  test('by kts up, by kts broker, by kts web', async () => {
    const { port, registryPort, webPort, ports } = await freePorts()
    const up = await kts('up', '--daemon', '--in-memory', ...ports)
    const pid = /pid (\d+)/.exec(up.stdout)![1]!
    expect(await kts('up', '--in-memory', ...ports)).toEqual({
      code: 1,
      stdout: '',
      stderr: `kts up: port ${port} is taken by a broker of kts (pid ${pid}, in memory); stop it with kts down, or choose another port with --port\n`,
    })
    expect(await kts('up', '--in-memory', '--port', '0', '--registry-port', registryPort)).toEqual({
      code: 1,
      stdout: '',
      stderr: `kts up: port ${registryPort} is taken by kts up (pid ${pid}); stop that, or choose another port with --registry-port\n`,
    })
    expect(await kts('up', '--in-memory', '--port', '0', '--no-registry', '--web-port', webPort)).toEqual({
      code: 1,
      stdout: '',
      stderr: `kts up: port ${webPort} is taken by kts up (pid ${pid}); stop that, or choose another port with --web-port\n`,
    })
    expect(await kts('web', '-b', `localhost:${port}`, '--port', webPort)).toMatchObject({
      code: 1,
      stderr: `kts web: port ${webPort} is taken by kts up (pid ${pid}); stop that, or choose another port with --port\n`,
    })
    // Whoever could not open the page has left no broker behind.
    expect(JSON.parse((await kts('broker', 'status', '--json')).stdout)).toHaveLength(1)
  })

  test('by another program, in the foreground and in the background', async () => {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as { port: number }
    const taken = new RegExp(
      `^kts up: port ${port} is taken by .*\\(pid ${process.pid}\\); stop that, or choose another`,
    )
    for (const mode of [[], ['--daemon']]) {
      const args = ['up', '--in-memory', '--no-registry', ...mode]
      for (const ports of [
        ['--port', String(port), '--web-port', '0'],
        ['--port', '0', '--web-port', String(port)],
      ])
        expect(await kts(...args, ...ports)).toMatchObject({
          code: 1,
          stdout: '',
          stderr: process.platform === 'linux' ? expect.stringMatching(taken) : expect.stringContaining('is taken by'),
        })
    }
    server.close()
  })

  test('and a port that is none is refused before anything is started', async () => {
    expect(await kts('up', '--web-port', '70000')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('a port is between 0 (any free one) and 65535'),
    })
  })
})
