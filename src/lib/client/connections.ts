import { EnvironmentError, KafkaError } from '../errors.ts'
import { formatAddress, type Address } from '../address.ts'
import { openAny, refusedBy } from './bootstrap.ts'
import { failureReason } from '../failure-reason.ts'
import { backoffMs } from './retry.ts'
import type { Node } from './types.ts'
import { wait } from '../clock.ts'
import { openWire, type Wire, type WireConfig } from './wire.ts'

export interface ConnectionConfig extends WireConfig {
  readonly bootstrap: readonly Address[]
  /** Where they were named. */
  readonly origin: string | undefined
  readonly connectTimeoutMs: number
  readonly reconnectBackoffMs: number
  readonly reconnectBackoffMaxMs: number
}

/** Where a request goes: a node, or with null whoever is there. */
type Target = number | null

/**
 * The open connections: one for each node and lane, made when first needed and again after a loss. A connection to a
 * bootstrap server belongs to no node until metadata shows whose address it is.
 */
export class Connections {
  private readonly open = new Map<string, Wire>()
  private readonly opening = new Map<string, Promise<Wire>>()
  private readonly failures = new Map<number, { count: number; at: number }>()
  private readonly closed = new AbortController()
  private known: ReadonlyMap<number, Node> = new Map()

  constructor(private readonly config: ConnectionConfig) {}

  get nodes(): readonly Node[] {
    return [...this.known.values()]
  }

  /** Takes over what the cluster says of its brokers. */
  setNodes(nodes: readonly Node[]): void {
    this.known = new Map(nodes.map((node) => [node.nodeId, node]))
    for (const [key, wire] of this.open) {
      const owner = nodes.find((node) => isSameAddress(node, wire.address))
      const [target, lane] = splitKey(key)
      if (target === null && owner) this.move(key, laneKey(owner.nodeId, lane))
    }
  }

  has(nodeId: number): boolean {
    return this.known.has(nodeId)
  }

  /** Throws EnvironmentError when nobody can be reached, KafkaError when the broker refuses the credentials. */
  async get(target: Target, lane: string): Promise<Wire> {
    if (this.closed.signal.aborted) throw closedError()
    const key = laneKey(target, lane)
    const wire = target === null ? this.anyOpen(lane) : this.current(target, key)
    if (wire) return wire
    const opening = this.opening.get(key) ?? this.start(target, key)
    return opening
  }

  close(): void {
    this.closed.abort()
    for (const wire of this.open.values()) wire.close(closedError())
    this.open.clear()
  }

  private anyOpen(lane: string): Wire | undefined {
    for (const [key, wire] of this.open) {
      if (wire.isOpen && splitKey(key)[1] === lane) return wire
    }
    return undefined
  }

  private current(nodeId: number, key: string): Wire | undefined {
    const wire = this.open.get(key)
    if (!wire?.isOpen) return undefined
    if (isSameAddress(this.node(nodeId), wire.address)) return wire
    wire.close(new EnvironmentError(`broker ${nodeId} has moved to ${formatAddress(this.node(nodeId))}`))
    return undefined
  }

  private start(target: Target, key: string): Promise<Wire> {
    const opening = (target === null ? this.openAny() : this.openNode(this.node(target)))
      .then((wire) => this.keep(key, wire))
      .finally(() => this.opening.delete(key))
    this.opening.set(key, opening)
    return opening
  }

  private keep(key: string, wire: Wire): Wire {
    if (this.closed.signal.aborted) {
      wire.close(closedError())
      throw closedError()
    }
    this.open.set(key, wire)
    return wire
  }

  private openAny(): Promise<Wire> {
    const { bootstrap } = this.config
    const others = this.nodes.filter((node) => !bootstrap.some((address) => isSameAddress(address, node)))
    return openAny([...bootstrap, ...others], this.config, this.config.connectTimeoutMs, this.closed.signal)
  }

  private async openNode(node: Node): Promise<Wire> {
    await this.backOff(node.nodeId)
    const address = { host: node.host, port: node.port }
    try {
      const { config, closed } = this
      const wire = await openWire(
        address,
        {
          ...config,
          silence: { subject: `connection to ${node.nodeId}`, cause: this.sentence(node, 'no answer yet') },
        },
        config.connectTimeoutMs,
        closed.signal,
      )
      this.failures.delete(node.nodeId)
      return wire
    } catch (error) {
      this.failures.set(node.nodeId, {
        count: (this.failures.get(node.nodeId)?.count ?? 0) + 1,
        at: this.config.clock.now(),
      })
      if (this.closed.signal.aborted) throw closedError()
      throw error instanceof KafkaError ? refusedBy(address, error) : this.unreachable(node, error)
    }
  }

  /** reconnect.backoff.ms after a failure, up to reconnect.backoff.max.ms. */
  private async backOff(nodeId: number): Promise<void> {
    const failure = this.failures.get(nodeId)
    if (!failure) return
    const { clock, reconnectBackoffMs, reconnectBackoffMaxMs } = this.config
    const restMs = failure.at + backoffMs(failure.count, reconnectBackoffMs, reconnectBackoffMaxMs) - clock.now()
    if (restMs > 0) await wait(clock, restMs)
    if (this.closed.signal.aborted) throw closedError()
  }

  private unreachable(node: Node, error: unknown): EnvironmentError {
    return new EnvironmentError(this.sentence(node, failureReason(error)), { cause: error })
  }

  private sentence(node: Node, reason: string): string {
    const address = formatAddress(node)
    const isBootstrap = this.config.bootstrap.some((given) => isSameAddress(given, node))
    const origin = isBootstrap
      ? `Cannot reach broker ${node.nodeId} at ${address}`
      : `Cannot reach broker ${node.nodeId} at ${address}, the address that the cluster itself advertises (advertised.listeners)`
    return `${origin}: ${reason}`
  }

  private node(nodeId: number): Node {
    const node = this.known.get(nodeId)
    if (!node) throw new EnvironmentError(`The cluster has no broker ${nodeId} at the moment`)
    return node
  }

  private move(from: string, to: string): void {
    const wire = this.open.get(from)!
    if (this.open.get(to)?.isOpen) return
    this.open.delete(from)
    this.open.set(to, wire)
  }
}

const laneKey = (target: Target, lane: string): string => `${target ?? ''}/${lane}`

function splitKey(key: string): [target: Target, lane: string] {
  const slash = key.indexOf('/')
  return [slash === 0 ? null : Number(key.slice(0, slash)), key.slice(slash + 1)]
}

/** A broker on this machine is named one way and advertises itself the other; that needs no second connection. */
const LOOPBACK: readonly string[] = ['localhost', '127.0.0.1']

const isSameAddress = (a: Address, b: Address): boolean =>
  a.port === b.port && (a.host === b.host || (LOOPBACK.includes(a.host) && LOOPBACK.includes(b.host)))

const closedError = (): EnvironmentError => new EnvironmentError('The connection to the cluster has been closed')
