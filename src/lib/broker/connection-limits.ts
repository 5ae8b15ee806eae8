import type { BrokerConfig } from './state/configs/broker-config.ts'

/** How many connections there may be of one address, over all listeners (ConnectionQuotas). */
export class ConnectionLimits {
  private readonly byHost = new Map<string, number>()

  constructor(private readonly config: () => BrokerConfig) {}

  /** Counts a connection, or says why it is one too many; then it is not to be released. */
  admit(host: string): string | null {
    const count = this.byHost.get(host) ?? 0
    const limit = this.limitOf(host)
    if (count >= limit)
      return `there are ${limit} connections of this address, as many as max.connections.per.ip allows`
    this.byHost.set(host, count + 1)
    return null
  }

  release(host: string): void {
    const left = (this.byHost.get(host) ?? 0) - 1
    if (left > 0) this.byHost.set(host, left)
    else this.byHost.delete(host)
  }

  private limitOf(host: string): number {
    const config = this.config()
    const overrides = config.string('max.connections.per.ip.overrides')
    const own = overrides === '' ? undefined : overrideOf(overrides, host)
    return own ?? config.number('max.connections.per.ip')
  }
}

/** `hostName:100,127.0.0.1:200` */
function overrideOf(overrides: string, host: string): number | undefined {
  const pairs = overrides.split(',').map((pair) => /^\s*(.+):(\d+)\s*$/.exec(pair))
  const own = pairs.find((pair) => pair?.[1] === host || (pair?.[1] === 'localhost' && LOOPBACK.includes(host)))
  return own ? Number(own[2]) : undefined
}

const LOOPBACK = ['127.0.0.1', '::1']
