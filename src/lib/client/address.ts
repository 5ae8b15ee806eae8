import { UserError } from '../errors.ts'

export interface Address {
  readonly host: string
  readonly port: number
}

/** Reads `host:port`; an IPv6 host stands in brackets. Throws UserError. */
export function parseAddress(text: string): Address {
  const match = /^(?:[A-Za-z][A-Za-z0-9_]*:\/\/)?(?:\[([0-9A-Fa-f:.%]+)\]|([^\s:[\]/]+)):(\d{1,5})$/.exec(text.trim())
  const port = Number(match?.[3])
  if (!match || port < 1 || port > 65_535) {
    throw new UserError(`"${text}" is not a server address: write HOST:PORT, e.g. localhost:9092`)
  }
  return { host: (match[1] ?? match[2])!, port }
}

export function formatAddress({ host, port }: Address): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
}
