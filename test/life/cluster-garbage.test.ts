import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { connect, createServer, type AddressInfo } from 'node:net'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { CONTROLLER, LifeCluster } from './support/cluster.ts'
import { Ledger } from './support/ledger.ts'

/** A web page, noise, noise of a length that may be, and a request that ends in its header. */
const GARBAGE = [
  Buffer.from('GET / HTTP/1.1\r\n\r\n'),
  Buffer.concat([Buffer.from([0x7f]), randomBytes(4095)]),
  Buffer.concat([Buffer.from([0, 0, 0, 64, 0x7f, 0xff]), randomBytes(62)]),
  Buffer.from([0, 0, 0, 10, 0, 62, 0, 4, 0, 0, 0, 1, 0xff, 0xff]),
]

const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

let cluster: LifeCluster
let ledger: Ledger
beforeEach(async () => {
  cluster = await LifeCluster.start(2, {
    'broker.session.timeout.ms': '3000',
    'broker.heartbeat.interval.ms': '400',
    'replica.lag.time.max.ms': '3000',
    'replica.socket.timeout.ms': '1500',
  })
  closing.push(() => cluster.close())
  await cluster.createTopic('retail', [[1, 2]])
  ledger = await Ledger.open(cluster, 'retail')
  closing.push(() => ledger.close())
})

test('garbage costs whoever sends it the connection, on every listener, and nobody else anything', async () => {
  const { broker, fromOthers } = cluster.node(1)
  for (const port of [cluster.controllerPort, broker.port, fromOthers.port]) {
    for (const bytes of GARBAGE) {
      const socket = connect(port, '127.0.0.1').on('error', () => {})
      socket.end(bytes)
      socket.resume()
      await once(socket, 'close')
    }
  }
  await ledger.more(5)
  await cluster.until('retail', 2, { leaderId: 1, isrNodes: [1, 2] })
  await ledger.check(1)
  for (const [id, count] of [
    [CONTROLLER, 4],
    [1, 8],
  ] as const)
    expect(cluster.said(id)).toEqual(
      Array.from({ length: count }, () => expect.stringContaining('closed the connection of /127.0.0.1: ') as unknown),
    )
  expect(cluster.said(2)).toEqual([])
})

test('a follower whose leader answers garbage says so once, and leaves the ISR until it stops', async () => {
  cluster.node(1).fromOthers.lead(await answeringGarbage())
  await cluster.until('retail', 1, { leaderId: 1, isrNodes: [1] })
  await ledger.more(5)
  cluster.node(1).fromOthers.lead()
  await cluster.until('retail', 1, { leaderId: 1, isrNodes: [1, 2] })
  await ledger.check(1)
  expect(cluster.said(2).filter((line) => line.includes('cannot copy from broker 1'))).toHaveLength(1)
  expect(cluster.said(2).at(-1)).toMatch(/copies from broker 1 again$/)
  expect([...cluster.said(1), ...cluster.said(CONTROLLER)]).toEqual([])
})

test('a broker whose controller answers garbage leads nothing until it stops', async () => {
  cluster.node(1).toController.lead(await answeringGarbage())
  await cluster.until('retail', 2, { leaderId: 2, isrNodes: [2] })
  await ledger.more(5)
  await cluster.node(1).broker.running.warned(/no active controller/)
  cluster.node(1).toController.lead()
  await cluster.until('retail', 1, { leaderId: 2, isrNodes: [1, 2] })
  await ledger.check(2)
  expect(cluster.said(CONTROLLER)).toEqual(['kts broker start: broker 1 is fenced: it was not heard of in time'])
  expect(cluster.said(1)).toHaveLength(2)
})

async function answeringGarbage(): Promise<number> {
  const server = createServer((socket) =>
    socket.on('error', () => {}).on('data', () => socket.write(Buffer.concat([Buffer.alloc(2), randomBytes(1000)]))),
  ).listen(0, '127.0.0.1')
  await once(server, 'listening')
  closing.push(() => server.close())
  return (server.address() as AddressInfo).port
}
