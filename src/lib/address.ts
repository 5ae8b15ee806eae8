import { isIP, isIPv6 } from 'node:net'
import { UserError } from './errors.ts'

/** The one reader and the one writer of addresses: what kts prints, it takes back. */
export interface Address {
  /** A name, or an IP address without brackets; one of IPv6 with its zone: `fe80::1%eth0`. */
  readonly host: string
  readonly port: number
}

/** What kcat and rpk take for granted, too. */
const DEFAULT_PORT = 9092
const HIGHEST_PORT = 65_535

/**
 * Reads `HOST`, `HOST:PORT`, `[IPV6]`, `[IPV6%ZONE]:PORT`. As in Java a listener's name in front (`PLAINTEXT://`) says
 * nothing: security.protocol does. Without `needsPort` it is 9092 by default. Throws UserError.
 */
export function parseAddress(text: string, { needsPort = false } = {}): Address {
  const [, inBrackets, name, digits] =
    /^(?:[A-Za-z][\w+.-]*:\/\/)?(?:\[([^\s[\]]+)\]|([^\s:[\]/@,]+))(?::(\d+))?$/.exec(text.trim()) ?? []
  const host = inBrackets ?? name
  if (host === undefined || (inBrackets !== undefined && !isIPv6(inBrackets))) throw notAnAddress(text)
  if (digits === undefined && needsPort)
    throw new UserError(
      `"${withoutUser(text)}" is not a server address: it lacks the port; write HOST:PORT, e.g. ${formatAddress({ host, port: 9093 })}`,
    )
  return { host, port: digits === undefined ? DEFAULT_PORT : checkPort(Number(digits), text) }
}

/**
 * As Java's clients read it (ClientUtils, Utils.getHost and getPort): the last colon is the port's, brackets or not.
 * Throws UserError.
 */
export function parseJavaAddress(text: string): Address {
  const [, host, digits] = /^(?:[0-9a-zA-Z\-%._]*:\/\/)?\[?([0-9a-zA-Z\-%._:]*)\]?:([0-9]+)$/.exec(text.trim()) ?? []
  if (host === undefined) throw notAnAddress(text)
  return { host: host || 'localhost', port: checkPort(Number(digits), text) }
}

export function formatAddress({ host, port }: Address): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
}

function checkPort(port: number, text: string): number {
  if (port < 1 || port > HIGHEST_PORT)
    throw new UserError(
      `"${withoutUser(text)}" is not a server address: write HOST:PORT, with a port from 1 to ${HIGHEST_PORT}`,
    )
  return port
}

function notAnAddress(text: string): UserError {
  return new UserError(
    `"${withoutUser(text)}" is not a server address: write HOST:PORT, e.g. ${bracketed(text.trim()) ?? 'localhost:9092'}`,
  )
}

/** For messages: what stands before the @ may be a password. */
export const withoutUser = (text: string): string => text.replace(/^(\w+:\/\/)?[^/]*@/, '$1…@')

/** What a bare IPv6 address was meant to be; undefined for anything else. */
function bracketed(text: string): string | undefined {
  const [, host = '', port] = /^(?:[A-Za-z][\w+.-]*:\/\/)?\[?([^[\]]*?)\]?(?::(\d{1,5}))?$/.exec(text) ?? []
  // The last group of `::1:29092` could be either, and is hardly ever one of the address.
  if (port !== undefined && port.length > 3 && isIP(host) === 6) return formatAddress({ host, port: Number(port) })
  const whole = port === undefined ? host : `${host}:${port}`
  return isIPv6(whole) ? formatAddress({ host: whole, port: DEFAULT_PORT }) : undefined
}
