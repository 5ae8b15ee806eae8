import type { Clock } from '../../clock.ts'
import type { ClientQuotas } from '../state/cluster/client-quotas.ts'
import type { BrokerConfig } from '../state/configs/broker-config.ts'
import { ConnectionRates } from './connection-rates.ts'
import { HostNames } from './host-names.ts'

export interface ConnectionQuotasOptions {
  readonly config: () => BrokerConfig
  readonly clock: Clock
  /** The listeners that share them. */
  readonly listeners: readonly string[]
  /** That of brokers among themselves, where it is one of several: clients of the others cannot take its places. */
  readonly protectedListener: string | null
}

/** A listener, as far as it is told of places. */
export interface PlaceUser {
  /** One has come free. */
  onFree(): void
  /** Closes the connection that has been silent for longest; false where there is none. */
  closeIdlest(): boolean
}

/** Given back when a connection ends. */
export interface Place {
  release(): void
}

/** Why a connection is not taken in, and when to close it. */
export interface Rejection {
  readonly reason: string
  readonly afterMs: number
}

interface Limits {
  /** `max.connections` */
  readonly connections: number
  /** `max.connection.creation.rate` */
  readonly creationRate: number
}

/**
 * How many connections there may be, of a listener, an address and in all, and how many may come in a second
 * (SocketServer.ConnectionQuotas).
 */
export class ConnectionQuotas {
  private readonly users = new Map<string, PlaceUser>()
  private readonly byHost = new Map<string, number>()
  private readonly byListener = new Map<string, number>()
  private total = 0
  private readonly names = new HostNames()
  private readonly rates: ConnectionRates
  private limits!: Limits
  private limitsOfListeners!: ReadonlyMap<string, Limits>

  constructor(private readonly options: ConnectionQuotasOptions) {
    this.rates = new ConnectionRates(options.config, options.clock, this.names)
    this.readLimits()
    // So that the names in the settings are known when the first connection comes.
    this.limitOf('')
  }

  /** So many connections may wait for each listener. */
  get maxWaiting(): number {
    return this.options.config().number('socket.listen.backlog.size')
  }

  use(listener: string, user: PlaceUser): void {
    this.users.set(listener, user)
  }

  /** The quotas of addresses hold from now on. */
  follow(quotas: ClientQuotas): void {
    this.rates.follow(quotas)
  }

  /** To be called when settings have changed. */
  onConfigChanged(): void {
    this.readLimits()
    for (const user of this.users.values()) user.onFree()
    this.closeExcess()
  }

  /** Counts a connection that has come; returns for how many ms it is to wait, and those behind it. */
  arrive(listener: string): number {
    const ofListener = this.rates.countListener(listener, this.limitsOf(listener).creationRate)
    return this.isProtected(listener) ? ofListener : Math.max(ofListener, this.rates.countAll(this.limits.creationRate))
  }

  /** Whether the listener may take one more. */
  hasRoom(listener: string): boolean {
    if ((this.byListener.get(listener) ?? 0) >= this.limitsOf(listener).connections) return false
    return this.isProtected(listener) || this.total < this.limits.connections
  }

  /** Counts a connection that there is room for, unless its address has too many. */
  admit(listener: string, host: string): Place | Rejection {
    const afterMs = this.rates.countHost(host)
    if (afterMs > 0) {
      this.rates.uncount(listener, { inAll: !this.isProtected(listener) })
      return { reason: 'more connections come from this address than connection_creation_rate allows', afterMs }
    }
    const limit = this.limitOf(host)
    if ((this.byHost.get(host) ?? 0) >= limit) {
      const reason = `there are ${limit} connections of this address, as many as max.connections.per.ip allows`
      return { reason, afterMs: 0 }
    }
    this.change(listener, host, 1)
    this.closeExcess()
    return this.placeOf(listener, host)
  }

  private placeOf(listener: string, host: string): Place {
    let isHeld = true
    return {
      release: () => {
        if (!isHeld) return
        isHeld = false
        this.change(listener, host, -1)
        for (const user of this.users.values()) user.onFree()
      },
    }
  }

  private change(listener: string, host: string, by: 1 | -1): void {
    this.total += by
    add(this.byListener, listener, by)
    add(this.byHost, host, by)
  }

  /** Brokers have taken places that clients had, or there are fewer since settings have changed. */
  private closeExcess(): void {
    const others = [...this.users].filter(([name]) => !this.isProtected(name)).map(([, user]) => user)
    let hasClosed = true
    while (hasClosed && this.total > this.limits.connections) {
      hasClosed = false
      for (const user of others) if (this.total > this.limits.connections) hasClosed = user.closeIdlest() || hasClosed
    }
  }

  private isProtected(listener: string): boolean {
    return listener === this.options.protectedListener
  }

  private readLimits(): void {
    const config = this.options.config()
    const read = (of: BrokerConfig): Limits => ({
      connections: of.number('max.connections'),
      creationRate: of.number('max.connection.creation.rate'),
    })
    this.limits = read(config)
    this.limitsOfListeners = new Map(this.options.listeners.map((name) => [name, read(config.forListener(name))]))
  }

  private limitsOf(listener: string): Limits {
    return this.limitsOfListeners.get(listener)!
  }

  private limitOf(host: string): number {
    const config = this.options.config()
    const overrides = config.string('max.connections.per.ip.overrides')
    const own = overrides === '' ? undefined : overridesIn(overrides).find(([name]) => this.names.isAt(name, host))
    return own ? own[1] : config.number('max.connections.per.ip')
  }
}

/** `hostName:100,127.0.0.1:200` */
function overridesIn(text: string): [host: string, limit: number][] {
  return text.split(',').flatMap((pair) => {
    const [, host, limit] = /^\s*(.+):(\d+)\s*$/.exec(pair) ?? []
    return host === undefined ? [] : [[host, Number(limit)]]
  })
}

function add(counts: Map<string, number>, key: string, by: number): void {
  const count = (counts.get(key) ?? 0) + by
  if (count > 0) counts.set(key, count)
  else counts.delete(key)
}
