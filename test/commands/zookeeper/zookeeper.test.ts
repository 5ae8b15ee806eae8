import { writeFileSync } from 'node:fs'
import { connect, createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { runTool, startTool, temporaryFolder } from '../../support/kts.ts'

const WORDS = 'This is not ZooKeeper: Kafka 4 needs none. Go on with the next step of your tutorial.\n'

let folder: ReturnType<typeof temporaryFolder>
let port: number
let file: string
let env: Record<string, string>
let foreground: ReturnType<typeof startTool> | undefined
beforeEach(async () => {
  folder = temporaryFolder()
  env = { XDG_STATE_HOME: folder.path }
  const server = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  port = (server.address() as AddressInfo).port
  await new Promise((resolve) => server.close(resolve))
  file = join(folder.path, 'zookeeper.properties')
  writeFileSync(file, `dataDir=${join(folder.path, 'zookeeper')}\nclientPort=${port}\n`)
})
afterEach(async () => {
  foreground?.child.kill('SIGKILL')
  await runTool('zookeeper-server-stop', [], { env })
  folder.remove()
})

/** What somebody hears who says something there, or nothing; null when nobody listens. */
function ask(host: string, said: string | Buffer): Promise<string | null> {
  return new Promise((resolve) => {
    let heard = ''
    const socket = connect(port, host, () => void socket.write(said))
    socket.on('data', (chunk) => (heard += chunk.toString()))
    socket.once('error', () => resolve(null)).once('end', () => resolve(heard))
  })
}

describe('zookeeper-server-start', () => {
  test('in the foreground is a controller, and tells whoever asks in words what it is not, until Ctrl-C', async () => {
    foreground = startTool('zookeeper-server-start.sh', [file], { env })
    const { child, finished, warned } = foreground
    await warned(/ready.*\n/)
    expect(await ask('127.0.0.1', 'hello\r\n')).toBe(WORDS)
    expect(await ask('localhost', 'ruok')).toBe('imok')
    expect(await ask('127.0.0.1', 'ruok\n')).toBe('imok')
    expect(await ask('127.0.0.1', 'srvr\r\n')).toBe(`${WORDS}Mode: standalone\n`)
    expect(await ask('127.0.0.1', Buffer.concat([Buffer.from([0, 0, 0, 45]), Buffer.alloc(45)]))).toBe('')
    const waiting = connect(port, '127.0.0.1').on('error', () => {})
    await new Promise((resolve) => waiting.once('connect', resolve))
    child.kill('SIGINT')
    const { code, stdout, stderr } = await finished
    expect({ code, stdout, stderr: stderr.split('\n') }).toEqual({
      code: 130,
      stdout: '',
      stderr: [
        `zookeeper-server-start.sh: Kafka 4 and kts need no ZooKeeper; a controller of Kafka in its place, localhost:${port}, is ready. Go on with the next step in another terminal.`,
        expect.stringContaining('no API has the key 0'),
        '',
      ],
    })
    expect(await ask('127.0.0.1', 'ruok')).toBe(null)
  })

  test('-daemon leaves the terminal free, and zookeeper-server-stop ends it', async () => {
    expect(await runTool('zookeeper-server-start.sh', ['-daemon', file], { env })).toEqual({
      code: 0,
      stdout: '',
      stderr: `zookeeper-server-start.sh: Kafka 4 and kts need no ZooKeeper; a controller of Kafka in its place, localhost:${port}, is up. Go on with the next step.\n`,
    })
    expect(await ask('127.0.0.1', 'ruok')).toBe('imok')
    expect(await runTool('zookeeper-server-start', ['-daemon', file], { env })).toEqual({
      code: 0,
      stdout: '',
      stderr: `zookeeper-server-start: Kafka 4 and kts need no ZooKeeper; something else listens on port ${port}. Go on with the next step.\n`,
    })
    expect(await runTool('zookeeper-server-stop.sh', [], { env })).toEqual({
      code: 0,
      stdout: '',
      stderr: expect.stringMatching(
        /^zookeeper-server-stop\.sh: Kafka 4 and kts need no ZooKeeper; stopped what stood in for it \(pid \d+\)\. Go on\.\n$/,
      ),
    })
    expect(await ask('127.0.0.1', 'ruok')).toBe(null)
    expect(await runTool('zookeeper-server-stop.sh', [], { env })).toEqual({
      code: 0,
      stdout: '',
      stderr: 'zookeeper-server-stop.sh: Kafka 4 and kts need no ZooKeeper. Go on.\n',
    })
  })
})
