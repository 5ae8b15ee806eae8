import { hostname } from 'node:os'
import { UserError } from '../../../errors.ts'
import { SECURITY_PROTOCOLS, type SecurityProtocol } from '../../../protocol/security-protocols.ts'
import type { BrokerConfig } from './broker-config.ts'

export interface ListenerConfig {
  /** In capitals, e.g. `PLAINTEXT`. */
  readonly name: string
  /** Empty for every interface. */
  readonly host: string
  readonly port: number
  readonly securityProtocol: SecurityProtocol
}

/** Listeners of one side: those for clients and other brokers, or those of the controller. */
type Side = 'broker' | 'controller'

interface Endpoint {
  readonly name: string
  readonly host: string
  readonly port: number
}

const ANY_ADDRESS = ['0.0.0.0', '::']

/** Where this node listens, as a broker by default. Throws UserError. */
export function parseListeners(config: BrokerConfig, side: Side = 'broker'): ListenerConfig[] {
  const all = parseEndpoints('listeners', config.list('listeners'))
  const endpoints = only(side, config, all)
  if (endpoints.length === 0 && side === 'broker' && config.list('process.roles')!.includes('broker')) {
    throw new UserError(
      'listeners: there must be one for clients; all that are given appear in controller.listener.names',
    )
  }
  checkPorts(all)
  const protocols = parseProtocols(config)
  return endpoints.map((endpoint) => ({ ...endpoint, securityProtocol: protocolOf(endpoint.name, protocols) }))
}

/**
 * What others are told; as in Kafka the listeners themselves unless advertised.listeners has any for that side. Throws
 * UserError.
 */
export function parseAdvertisedListeners(config: BrokerConfig, side: Side = 'broker'): ListenerConfig[] {
  const listeners = parseListeners(config, side)
  const written = config.list('advertised.listeners')
  const advertised = only(side, config, parseEndpoints('advertised.listeners', written ?? []))
  if (advertised.length === 0 && written !== null && side === 'broker' && listeners.length > 0)
    throw new UserError('advertised.listeners: there must be one for clients')
  const endpoints = advertised.length === 0 ? listeners : advertised
  return endpoints.map(({ name, host, port }) => {
    const listener = listeners.find((candidate) => candidate.name === name)
    if (!listener) {
      const names = listeners.map((each) => each.name).join(', ')
      throw new UserError(`advertised.listeners: ${name} is not among the listeners ${names}`)
    }
    if (ANY_ADDRESS.includes(host) && side === 'broker') {
      throw new UserError(
        `advertised.listeners: clients cannot connect to ${host}; give the address of this machine, e.g. ` +
          `advertised.listeners=${name}://${hostname()}:${port}`,
      )
    }
    return { ...listener, host: ANY_ADDRESS.includes(host) ? hostname() : host || hostname(), port }
  })
}

/** Throws UserError unless the brokers' own listener is one that is there. */
export function checkInterBrokerListener(config: BrokerConfig, advertised: readonly ListenerConfig[]): void {
  if (config.string('inter.broker.listener.name') !== null && config.isSet('security.inter.broker.protocol'))
    throw new UserError('inter.broker.listener.name and security.inter.broker.protocol exclude each other')
  interBrokerListener(config, advertised)
}

/** The listener that brokers use among themselves. Throws UserError when there is none. */
export function interBrokerListener(
  config: BrokerConfig,
  advertised: readonly ListenerConfig[] = parseAdvertisedListeners(config),
): ListenerConfig {
  const written = config.string('inter.broker.listener.name')
  const protocol = config.string('security.inter.broker.protocol')
  const name = (written ?? protocol).toUpperCase()
  const listener = advertised.find((each) => each.name === name)
  if (listener) return listener
  // One plain listener of another name is no reason to refuse a broker.
  const [only] = advertised
  if (written === null && protocol === 'PLAINTEXT' && advertised.length === 1 && only!.securityProtocol === protocol)
    return only!
  const names = advertised.map((each) => each.name).join(', ')
  throw new UserError(`inter.broker.listener.name: ${name} is not among the advertised listeners ${names}`)
}

/**
 * How the controllers of others listen, by the first of `controller.listener.names`; null where none is named. Throws
 * UserError.
 */
export function controllerListener(config: BrokerConfig): Pick<ListenerConfig, 'name' | 'securityProtocol'> | null {
  const [name] = controllerListenerNames(config)
  return name === undefined ? null : { name, securityProtocol: protocolOf(name, parseProtocols(config)) }
}

/** In capitals. */
export const controllerListenerNames = (config: BrokerConfig): string[] =>
  (config.list('controller.listener.names') ?? []).map((name) => name.toUpperCase())

function only(side: Side, config: BrokerConfig, endpoints: readonly Endpoint[]): Endpoint[] {
  const controllers = controllerListenerNames(config)
  return endpoints.filter(({ name }) => controllers.includes(name) === (side === 'controller'))
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

/** The listeners of controllers are PLAINTEXT unless the file says otherwise (effectiveListenerSecurityProtocolMap). */
function parseProtocols(config: BrokerConfig): ReadonlyMap<string, SecurityProtocol> {
  const isWritten = config.isSet('listener.security.protocol.map')
  const controllers = isWritten ? [] : controllerListenerNames(config).map((name) => [name, 'PLAINTEXT'] as const)
  const pairs = config.string('listener.security.protocol.map').split(',')
  return new Map([
    ...controllers,
    ...pairs
      .map((pair) => pair.trim())
      .filter(Boolean)
      .map(parseProtocol),
  ])
}

function parseProtocol(pair: string): readonly [name: string, protocol: SecurityProtocol] {
  const [name, protocol] = pair.split(':').map((part) => part.trim().toUpperCase())
  if (!name || !protocol)
    throw new UserError(`listener.security.protocol.map: ${pair} is not of the form LISTENER:PROTOCOL`)
  const known = SECURITY_PROTOCOLS.find((each) => each === protocol)
  if (!known)
    throw new UserError(`listener.security.protocol.map: ${protocol} is none of ${SECURITY_PROTOCOLS.join(', ')}`)
  return [name, known]
}

function protocolOf(name: string, protocols: ReadonlyMap<string, SecurityProtocol>): SecurityProtocol {
  const protocol = protocols.get(name)
  if (protocol !== undefined) return protocol
  throw new UserError(
    `listeners: which security protocol ${name} speaks is not said; ` +
      `add ${name}:PLAINTEXT to listener.security.protocol.map`,
  )
}
