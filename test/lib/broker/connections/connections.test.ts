import type { Duplex } from 'node:stream'
import { setImmediate as turn } from 'node:timers/promises'
import { afterEach, describe, expect, test } from 'vitest'
import { Listeners } from '../../../../src/lib/broker/listeners.ts'
import { parseListeners } from '../../../../src/lib/broker/state/configs/listeners.ts'
import { AlterClientQuotas } from '../../../../src/lib/protocol/apis/alter-client-quotas.ts'
import { ApiVersions } from '../../../../src/lib/protocol/apis/api-versions.ts'
import { CONFIG_RESOURCE_TYPES } from '../../../../src/lib/protocol/apis/describe-configs.ts'
import {
  CONFIG_OPERATIONS,
  IncrementalAlterConfigs,
} from '../../../../src/lib/protocol/apis/incremental-alter-configs.ts'
import { encodeRequest } from '../../../../src/lib/protocol/frame.ts'
import { TestBroker } from '../../../support/broker.ts'
import { FakeClock } from '../../../support/fake-clock.ts'
import { MemoryNetwork } from '../../../support/memory-network.ts'

const OPEN_PORT = 9092
const INSIDE_PORT = 9093
/** Two listeners, one of which is that of brokers among themselves. */
const TWO = {
  listeners: `PLAINTEXT://127.0.0.1:${OPEN_PORT},INSIDE://127.0.0.1:${INSIDE_PORT}`,
  'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,INSIDE:PLAINTEXT',
  'inter.broker.listener.name': 'INSIDE',
}

class Site {
  readonly clock = new FakeClock()
  readonly warnings: string[] = []
  private readonly network = new MemoryNetwork()
  private readonly broker: TestBroker
  private readonly listeners: Listeners

  constructor(properties: Record<string, string>) {
    this.broker = new TestBroker({ properties, clock: this.clock })
    const { broker } = this.broker.node
    this.listeners = new Listeners(parseListeners(broker.config), {
      config: broker.config,
      clock: this.clock,
      network: this.network,
      warn: (line) => this.warnings.push(line),
    })
  }

  async open(): Promise<this> {
    await this.listeners.bind()
    this.listeners.serve(this.broker.node.broker, () => this.broker.dispatcher)
    return this
  }

  connect(port = OPEN_PORT): Client {
    return new Client(this.network.connect({ host: '127.0.0.1', port }))
  }

  /** What becomes of so many that come one after the other. */
  async connectAll(count: number, port = OPEN_PORT): Promise<State[]> {
    const clients = Array.from({ length: count }, () => this.connect(port))
    return Promise.all(clients.map((client) => client.state()))
  }

  async alter(name: string, value: string): Promise<void> {
    const { responses } = await this.broker.send(IncrementalAlterConfigs, {
      resources: [
        {
          resourceType: CONFIG_RESOURCE_TYPES.broker,
          resourceName: '',
          configs: [{ name, value, configOperation: CONFIG_OPERATIONS.SET }],
        },
      ],
    })
    expect(responses[0]!.errorMessage).toBeNull()
  }

  async limitAddress(ip: string | null, rate: number): Promise<void> {
    const { entries } = await this.broker.send(AlterClientQuotas, {
      entries: [
        {
          entity: [{ entityType: 'ip', entityName: ip }],
          ops: [{ key: 'connection_creation_rate', value: rate, remove: false }],
        },
      ],
    })
    expect(entries[0]!.errorMessage).toBeNull()
  }

  close(): void {
    this.broker.close()
  }
}

type State = 'served' | 'waiting' | 'closed'

class Client {
  private answered = 0

  constructor(private readonly stream: Duplex) {
    stream.on('error', () => {})
    stream.on('data', () => (this.answered += 1))
  }

  /** Asks for something, and sees what becomes of it. */
  async state(): Promise<State> {
    const before = this.answered
    if (!this.stream.destroyed) for (const chunk of encodeRequest(ApiVersions, 0, 1, null, {})) this.stream.write(chunk)
    for (let turns = 0; turns < 5; turns += 1) await turn()
    if (this.stream.destroyed) return 'closed'
    return this.answered > before ? 'served' : 'waiting'
  }

  async leave(): Promise<void> {
    this.stream.destroy()
    for (let turns = 0; turns < 5; turns += 1) await turn()
  }
}

let site: Site
afterEach(() => site.close())
const open = (properties: Record<string, string> = {}): Promise<Site> =>
  new Site(properties).open().then((s) => (site = s))

describe('max.connections', () => {
  test('lets those beyond it wait until others leave, in the order in which they came', async () => {
    await open({ 'max.connections': '2' })
    const [first, , third, fourth] = [site.connect(), site.connect(), site.connect(), site.connect()]
    expect(await third!.state()).toBe('waiting')
    await first!.leave()
    expect([await third!.state(), await fourth!.state()]).toEqual(['served', 'waiting'])
    await third!.leave()
    expect(await fourth!.state()).toBe('served')
  })

  test('turns away those for whom there is not even room to wait', async () => {
    await open({ 'max.connections': '1', 'socket.listen.backlog.size': '1' })
    expect(await site.connectAll(5)).toEqual(['served', 'waiting', 'waiting', 'closed', 'closed'])
  })

  test('of a listener is its own', async () => {
    await open({ ...TWO, 'listener.name.plaintext.max.connections': '1' })
    expect(await site.connectAll(2)).toEqual(['served', 'waiting'])
    expect(await site.connectAll(3, INSIDE_PORT)).toEqual(['served', 'served', 'served'])
  })

  test('of the broker does not keep other brokers out: a client makes room, the one that was silent for longest', async () => {
    await open({ ...TWO, 'max.connections': '2', 'listener.name.inside.max.connections': '9' })
    const [first, second] = [site.connect(), site.connect()]
    expect([await second.state(), await first.state()]).toEqual(['served', 'served'])
    expect(await site.connect(INSIDE_PORT).state()).toBe('served')
    expect([await second.state(), await first.state()]).toEqual(['closed', 'served'])
    expect(site.warnings).toEqual([
      'PLAINTEXT: closed the connection of /127.0.0.1: there are more connections than max.connections allows',
    ])
    expect(await site.connect().state()).toBe('waiting')
  })

  test('changes while the broker runs', async () => {
    await open({ 'max.connections': '1' })
    const [first, second] = [site.connect(), site.connect()]
    expect([await first.state(), await second.state()]).toEqual(['served', 'waiting'])
    await site.alter('max.connections', '2')
    expect([await first.state(), await second.state()]).toEqual(['served', 'served'])
    await site.alter('max.connections', '1')
    expect([await first.state(), await second.state()]).toEqual(['closed', 'served'])
  })
})

describe('max.connections.per.ip', () => {
  test('closes what is beyond it', async () => {
    await open({ 'max.connections.per.ip': '1' })
    const first = site.connect()
    expect([await first.state(), await site.connect().state()]).toEqual(['served', 'closed'])
    expect(site.warnings[0]).toMatch(/closed .*\/127\.0\.0\.1: there are 1 connections of this address/)
    await first.leave()
    expect(await site.connect().state()).toBe('served')
  })

  test.each(['127.0.0.1:2', '10.0.0.1:9, localhost:2'])('is another for some: %s', async (overrides) => {
    await open({ 'max.connections.per.ip': '0', 'max.connections.per.ip.overrides': overrides })
    expect(await site.connectAll(3)).toEqual(['served', 'served', 'closed'])
  })
})

describe('max.connection.creation.rate', () => {
  /** A burst of a window's length is no violation by itself. */
  const BURST = 10

  test('lets those beyond it wait, and none of them in vain', async () => {
    await open({ 'max.connection.creation.rate': '1' })
    const clients = Array.from({ length: BURST + 2 }, () => site.connect())
    const states = await Promise.all(clients.map((client) => client.state()))
    expect(states).toEqual([...Array.from({ length: BURST }, () => 'served'), 'waiting', 'waiting'])
    site.clock.advance(1000)
    expect(await clients[BURST]!.state()).toBe('served')
    site.clock.advance(1000)
    expect(await clients[BURST + 1]!.state()).toBe('served')
    expect(site.warnings).toEqual([])
  })

  test('of a listener is its own', async () => {
    await open({ ...TWO, 'listener.name.plaintext.max.connection.creation.rate': '1' })
    expect((await site.connectAll(BURST + 1)).at(-1)).toBe('waiting')
    expect((await site.connectAll(BURST + 1, INSIDE_PORT)).at(-1)).toBe('served')
  })

  test('of the broker does not hold for brokers among themselves', async () => {
    await open({
      ...TWO,
      'max.connection.creation.rate': '1',
      'listener.name.inside.max.connection.creation.rate': '100',
    })
    expect((await site.connectAll(BURST + 1, INSIDE_PORT)).at(-1)).toBe('served')
    expect((await site.connectAll(BURST + 1)).at(-1)).toBe('waiting')
  })

  test.each(['127.0.0.1', 'localhost', null])('of an address (%s) closes what is beyond it, late', async (ip) => {
    await open()
    await site.limitAddress('10.0.0.1', 1000)
    await site.limitAddress(ip, 1)
    const clients = Array.from({ length: BURST + 1 }, () => site.connect())
    const last = clients.at(-1)!
    expect([await clients[0]!.state(), await last.state()]).toEqual(['served', 'waiting'])
    site.clock.advance(1000)
    expect([await clients[0]!.state(), await last.state()]).toEqual(['served', 'closed'])
    expect(site.warnings[0]).toMatch(/more connections come from this address than connection_creation_rate allows$/)
  })
})
