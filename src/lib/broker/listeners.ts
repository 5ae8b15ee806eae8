import { systemClock, type Clock } from '../clock.ts'
import { UserError } from '../errors.ts'
import { securityProtocolId } from '../protocol/security-protocols.ts'
import { ConnectionQuotas } from './connections/connection-quotas.ts'
import type { Dispatcher } from './dispatch.ts'
import type { Network } from './network/network.ts'
import { sockets } from './network/sockets.ts'
import { Listener } from './server.ts'
import type { Broker } from './state/broker.ts'
import type { Endpoint } from './state/cluster/types.ts'
import type { BrokerConfig } from './state/configs/broker-config.ts'
import { controllerListenerNames, interBrokerListener, type ListenerConfig } from './state/configs/listeners.ts'

export interface ListenersOptions {
  readonly config: BrokerConfig
  readonly clock?: Clock
  /** Sockets by default. */
  readonly network?: Network
  readonly warn: (line: string) => void
  readonly info?: (line: string) => void
}

/** How long clients have to take their last answer when the broker stops. */
const ANSWER_MS = 1000

/** The listeners of a node, which open and close together. */
export class Listeners {
  private config: BrokerConfig
  private readonly quotas: ReadonlyMap<string, ConnectionQuotas>
  private listeners: readonly Listener[] = []

  constructor(
    private readonly configs: readonly ListenerConfig[],
    private readonly options: ListenersOptions,
  ) {
    this.config = options.config
    this.quotas = this.openQuotas()
  }

  /**
   * Takes the ports; returns those that they got, by listener. Throws EnvironmentError when one cannot be had, and
   * UserError for settings of TLS and SASL that cannot be used: then none is taken.
   */
  async bind(): Promise<ReadonlyMap<string, number>> {
    this.listeners = await Promise.all(this.configs.map((listener) => this.open(listener)))
    const ports = new Map<string, number>()
    try {
      for (const listener of this.listeners) ports.set(listener.name, await listener.bind())
      return ports
    } catch (error) {
      await this.close()
      throw error
    }
  }

  /** Begins to answer, each listener by what answers there, and follows the settings from now on. */
  serve(broker: Broker, dispatcherOf: (listener: string) => Dispatcher): void {
    const credentials = broker.cluster.scramCredentials
    for (const listener of this.listeners) listener.serve({ dispatcher: dispatcherOf(listener.name), credentials })
    for (const quotas of this.quotas.values()) quotas.follow(broker.cluster.clientQuotas)
    broker.cluster.listen({ onConfigsChanged: () => this.follow(broker.config) })
  }

  /** Throws UserError for settings of TLS and SASL that a listener cannot take on. */
  check(config: BrokerConfig): void {
    for (const listener of this.listeners) listener.check(config)
  }

  async close(): Promise<void> {
    await Promise.all(this.listeners.map((listener) => listener.close(ANSWER_MS)))
  }

  /** Certificates and users that cannot be read leave those that there are. */
  private follow(config: BrokerConfig): void {
    this.config = config
    for (const quotas of new Set(this.quotas.values())) quotas.onConfigChanged()
    for (const listener of this.listeners) {
      try {
        listener.renew(config)
      } catch (error) {
        if (!(error instanceof UserError)) throw error
        this.options.warn(`listener ${listener.name} keeps its settings: ${error.message}`)
      }
    }
  }

  /** Brokers and controllers have them apart, as in Kafka, where each has sockets of its own. */
  private openQuotas(): ReadonlyMap<string, ConnectionQuotas> {
    const controllers = controllerListenerNames(this.config)
    const names = this.configs.map(({ name }) => name)
    return new Map(
      [true, false].flatMap((isControllers) => {
        const listeners = names.filter((name) => controllers.includes(name) === isControllers)
        const quotas = new ConnectionQuotas({
          config: () => this.config,
          clock: this.options.clock ?? systemClock,
          listeners,
          protectedListener:
            listeners.length > 1 ? (listeners.find((name) => this.isAmongBrokers(name)) ?? null) : null,
        })
        return listeners.map((name) => [name, quotas] as const)
      }),
    )
  }

  private isAmongBrokers(listener: string): boolean {
    return (
      !controllerListenerNames(this.config).includes(listener) && interBrokerListener(this.config).name === listener
    )
  }

  private async open(listener: ListenerConfig): Promise<Listener> {
    const { warn, info, clock = systemClock, network = sockets } = this.options
    const config = this.config.forListener(listener.name)
    const security =
      listener.securityProtocol === 'PLAINTEXT'
        ? null
        : (await import('./security/listener-security.ts')).secureListener(
            { ...listener, isAmongBrokers: this.isAmongBrokers(listener.name) },
            this.config,
            clock,
          )
    return new Listener({
      ...listener,
      network,
      security,
      quotas: this.quotas.get(listener.name),
      clock,
      warn,
      info,
      idleMs: config.number('connections.max.idle.ms'),
      isReadDirectly: !listener.securityProtocol.endsWith('SSL'),
      maxRequestBytes: config.number('socket.request.max.bytes'),
    })
  }
}

/** Port 0 stands for whichever was free, in what others are told too; of listeners that are open. */
export function advertised(
  listeners: readonly ListenerConfig[],
  ports: ReadonlyMap<string, number>,
): ReadonlyMap<string, Endpoint> {
  const open = listeners.filter(({ name }) => ports.has(name))
  return new Map(
    open.map(({ name, host, port, securityProtocol }) => [
      name,
      { host, port: port || ports.get(name)!, securityProtocol: securityProtocolId(securityProtocol) },
    ]),
  )
}
