import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { runTool, startTool } from '../support/kts.ts'
import { randomNumbers } from '../support/random.ts'
import { LifeBroker } from './support/broker.ts'

let broker: LifeBroker
beforeAll(async () => {
  broker = await LifeBroker.start()
  const kts = (...args: string[]) => runTool('kts', [...args, '-b', broker.bootstrap], { input: 'a\nb\nc\n' })
  await kts('topics', '--create', '--topic', 't', '--partitions', '3')
  await kts('produce', '-t', 't')
  await kts('consume', '-t', 't', '-g', 'g', '--from-beginning', '-c', '3')
})
afterAll(() => broker.close())

/** A way to the broker on which bytes of its answers change, past the first answer: that one tells what it speaks. */
async function spoiledWay(seed: number): Promise<{ address: string; close(): void }> {
  const numbers = randomNumbers(seed)
  const below = (limit: number): number => Math.floor(numbers() * limit)
  const sockets: Socket[] = []
  const server = createServer((client) => {
    const target = connect(broker.port, '127.0.0.1')
    sockets.push(client, target)
    for (const socket of [client, target])
      socket.on('error', () => {}).on('close', () => void (client.destroy(), target.destroy()))
    client.pipe(target)
    let answers = 0
    target.on('data', (bytes) => {
      answers += 1
      // Not the length and the number of the request: they only make a connection hang.
      if (answers > 1 && bytes.length > 8) {
        for (let left = 1 + below(3); left > 0; left -= 1) bytes[8 + below(bytes.length - 8)] = below(256)
      }
      client.write(bytes)
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => (server.close(), sockets.forEach((socket) => socket.destroy())),
  }
}

const COMMANDS = [
  'consume -t t --to-end',
  'consume -t t --last 2',
  'consume -t t -g g --timeout-ms 500',
  'consume -t t -g n --timeout-ms 500 --command-property group.protocol=consumer',
  'topics --describe',
  'groups --describe --all-groups',
  'groups --describe --all-groups --members',
  'configs --describe --entity-type topics',
  'offsets --topic t',
  'log-dirs --describe',
  'cluster describe',
  'transactions list',
  'acls --list',
  'features describe',
  'quorum describe --status',
  'perf consume -t t -n 3 --timeout 500',
]

test.each([1, 2])(
  'bytes that have changed on their way are never taken for a bug (seed %i)',
  { timeout: 120_000 },
  async (seed) => {
    const way = await spoiledWay(seed)
    const bugs: string[] = []
    const work = [...COMMANDS]
    const worker = async (): Promise<void> => {
      for (let line = work.shift(); line !== undefined; line = work.shift()) {
        const { child, finished } = startTool('kts', [
          ...line.split(' '),
          '-b',
          way.address,
          '-X',
          'request.timeout.ms=1000',
          '-X',
          'default.api.timeout.ms=2000',
        ])
        // One that asks again until it gets an answer does well.
        const timer = setTimeout(() => child.kill('SIGKILL'), 5000)
        const { code, stderr } = await finished
        clearTimeout(timer)
        if (code === 70) bugs.push(`${line}: ${stderr}`)
      }
    }
    await Promise.all([worker(), worker(), worker()])
    way.close()
    expect(bugs).toEqual([])
  },
)
