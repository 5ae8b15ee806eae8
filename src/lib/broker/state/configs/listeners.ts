import { hostname } from 'node:os'
import { UserError } from '../../../errors.ts'
import { SECURITY_PROTOCOLS } from '../../../protocol/security-protocols.ts'
import type { BrokerConfig } from './broker-config.ts'

export interface ListenerConfig {
  /** In capitals, e.g. `PLAINTEXT`. */
  readonly name: string
  /** Empty for every interface. */
  readonly host: string
  readonly port: number
  readonly securityProtocol: 'PLAINTEXT'
}

interface Endpoint {
  readonly name: string
  readonly host: string
  readonly port: number
}

const ANY_ADDRESS = ['0.0.0.0', '::']

/** Where this node listens; the listeners of Kafka's controllers are left out. Throws UserError. */
export function parseListeners(config: BrokerConfig): ListenerConfig[] {
  const endpoints = withoutControllers(config, parseEndpoints('listeners', config.list('listeners')))
  if (endpoints.length === 0) {
    throw new UserError(
      'listeners: there must be one for clients; all that are given appear in controller.listener.names',
    )
  }
  checkPorts(endpoints)
  const protocols = parseProtocols(config)
  return endpoints.map((endpoint) => ({ ...endpoint, securityProtocol: protocolOf(endpoint.name, protocols) }))
}

/** What clients are told; as in Kafka the listeners themselves unless advertised.listeners is set. Throws UserError. */
export function parseAdvertisedListeners(config: BrokerConfig): ListenerConfig[] {
  const listeners = parseListeners(config)
  const written = config.list('advertised.listeners')
  const endpoints =
    written === null ? listeners : withoutControllers(config, parseEndpoints('advertised.listeners', written))
  if (endpoints.length === 0) throw new UserError('advertised.listeners: there must be one for clients')
  return endpoints.map(({ name, host, port }) => {
    const listener = listeners.find((candidate) => candidate.name === name)
    if (!listener) {
      const names = listeners.map((each) => each.name).join(', ')
      throw new UserError(`advertised.listeners: ${name} is not among the listeners ${names}`)
    }
    if (ANY_ADDRESS.includes(host)) {
      throw new UserError(
        `advertised.listeners: clients cannot connect to ${host}; give the address of this machine, e.g. ` +
          `advertised.listeners=${name}://${hostname()}:${port}`,
      )
    }
    return { ...listener, host: host || hostname(), port }
  })
}

/** Throws UserError unless the brokers' own listener is one that is there. */
export function checkInterBrokerListener(config: BrokerConfig, advertised: readonly ListenerConfig[]): void {
  const written = config.string('inter.broker.listener.name')
  const protocol = config.string('security.inter.broker.protocol')
  if (written !== null && config.isSet('security.inter.broker.protocol')) {
    throw new UserError('inter.broker.listener.name and security.inter.broker.protocol exclude each other')
  }
  const name = (written ?? protocol).toUpperCase()
  const names = advertised.map((each) => each.name)
  // One plain listener of another name is no reason to refuse a broker that has nobody to talk to.
  if (names.includes(name) || (written === null && protocol === 'PLAINTEXT' && names.length === 1)) return
  throw new UserError(`inter.broker.listener.name: ${name} is not among the advertised listeners ${names.join(', ')}`)
}

function withoutControllers(config: BrokerConfig, endpoints: readonly Endpoint[]): Endpoint[] {
  const controllers = (config.list('controller.listener.names') ?? []).map((name) => name.toUpperCase())
  return endpoints.filter(({ name }) => !controllers.includes(name))
}

function parseEndpoints(setting: string, written: readonly string[]): Endpoint[] {
  const endpoints = written.map((text) => parseEndpoint(setting, text))
  const twice = endpoints.find(({ name }, index) => endpoints.findIndex((other) => other.name === name) !== index)
  if (twice) throw new UserError(`${setting}: two are called ${twice.name}`)
  return endpoints
}

function parseEndpoint(setting: string, text: string): Endpoint {
  const [, name, host, port] = /^(.+):\/\/\[?([0-9a-zA-Z\-%._:]*)\]?:(\d{1,5})$/.exec(text) ?? []
  if (name === undefined || Number(port) > 65535)
    throw new UserError(`${setting}: ${text} is not of the form NAME://host:port`)
  return { name: name.toUpperCase(), host: host!, port: Number(port) }
}

function checkPorts(endpoints: readonly Endpoint[]): void {
  for (const { name, host, port } of endpoints) {
    const other = endpoints.find((each) => each.name !== name && each.port === port && each.port !== 0)
    // Kafka allows a port twice for an IPv4 and an IPv6 address (KIP-797).
    if (!other || host.includes(':') !== other.host.includes(':')) continue
    throw new UserError(`listeners: ${name} and ${other.name} have the same port ${port}`)
  }
}

function parseProtocols(config: BrokerConfig): ReadonlyMap<string, string> {
  const written = config.string('listener.security.protocol.map')
  return new Map(
    written
      .split(',')
      .map((pair) => pair.trim())
      .filter(Boolean)
      .map((pair) => {
        const [name, protocol] = pair.split(':').map((part) => part.trim().toUpperCase())
        if (!name || !protocol)
          throw new UserError(`listener.security.protocol.map: ${pair} is not of the form LISTENER:PROTOCOL`)
        if (!(SECURITY_PROTOCOLS as readonly string[]).includes(protocol)) {
          throw new UserError(`listener.security.protocol.map: ${protocol} is none of ${SECURITY_PROTOCOLS.join(', ')}`)
        }
        return [name, protocol]
      }),
  )
}

function protocolOf(name: string, protocols: ReadonlyMap<string, string>): 'PLAINTEXT' {
  const protocol = protocols.get(name)
  if (protocol === undefined) {
    throw new UserError(
      `listeners: which security protocol ${name} speaks is not said; ` +
        `add ${name}:PLAINTEXT to listener.security.protocol.map`,
    )
  }
  if (protocol !== 'PLAINTEXT')
    throw new UserError(`listeners: ${name} asks for ${protocol}, but this broker serves PLAINTEXT only`)
  return protocol
}
