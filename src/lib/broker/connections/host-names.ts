import { lookup } from 'node:dns'
import { isIP } from 'node:net'

const LOOPBACK = ['127.0.0.1', '::1']

/** The addresses of hosts that settings name: looked up when one is first asked for, and none until that has ended. */
export class HostNames {
  private readonly known = new Map<string, readonly string[]>([['localhost', LOOPBACK]])

  isAt(host: string, address: string): boolean {
    return host === address || (isIP(host) === 0 && this.addressesOf(host).includes(address))
  }

  private addressesOf(host: string): readonly string[] {
    const known = this.known.get(host)
    if (known) return known
    this.known.set(host, [])
    lookup(host, { all: true }, (error, found) => {
      if (!error)
        this.known.set(
          host,
          found.map(({ address }) => address),
        )
    })
    return []
  }
}
