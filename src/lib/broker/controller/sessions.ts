import type { Clock } from '../../clock.ts'

/** How long a broker has to show up again whose connection broke and whose port refuses. */
export const DEATH_SEEN_MS = 500
/** How often sessions are looked at in the time that one lasts. */
export const LOOKS_PER_SESSION = 8

interface Session {
  readonly epoch: bigint
  endsAtMs: number
  /** Whether the broker has sent a heartbeat since this controller took over. */
  isHeardOf: boolean
  /** Whether its connection has broken, and its port refuses. */
  hasDied: boolean
}

/**
 * When each broker was last heard of (BrokerHeartbeatTracker). Nothing of it is in the metadata: a controller that
 * takes over gives every broker a new session.
 */
export class Sessions {
  private readonly byNode = new Map<number, Session>()
  private lookedAt: number
  private elapsedMs = 0

  constructor(
    private readonly clock: Clock,
    private readonly timeoutMs: number,
  ) {
    this.lookedAt = clock.now()
  }

  /**
   * The time in which brokers could be heard. While this process stood still (SIGSTOP, a laptop that slept) none could,
   * and a clock that is set says nothing of them: more than two looks' time has not passed since anybody looked.
   */
  private now(): number {
    const at = this.clock.now()
    const longestMs = (2 * this.timeoutMs) / LOOKS_PER_SESSION
    this.elapsedMs += Math.min(Math.max(at - this.lookedAt, 0), longestMs)
    this.lookedAt = at
    return this.elapsedMs
  }

  get isEmpty(): boolean {
    return this.byNode.size === 0
  }

  /** Gives a broker a session that is not heard of yet. */
  begin(nodeId: number, epoch: bigint): void {
    this.renew(nodeId, epoch, false)
  }

  touch(nodeId: number, epoch: bigint): void {
    this.renew(nodeId, epoch, true)
  }

  end(nodeId: number): void {
    this.byNode.delete(nodeId)
  }

  /** The broker has died by all signs; one that lives sends a heartbeat in time. */
  shorten(nodeId: number): void {
    const session = this.byNode.get(nodeId)
    if (!session) return
    session.endsAtMs = Math.min(session.endsAtMs, this.now() + DEATH_SEEN_MS)
    session.hasDied = true
  }

  /**
   * Whether this run of a broker is taken to be alive; where only those count who were heard of, a new session is none.
   */
  isValid(nodeId: number, epoch: bigint, mustBeHeardOf = false): boolean {
    const session = this.byNode.get(nodeId)
    if (!session || session.epoch !== epoch || (mustBeHeardOf && !session.isHeardOf)) return false
    return this.now() <= session.endsAtMs
  }

  /** Takes out one that is over. */
  takeExpired(): ({ readonly nodeId: number } & Pick<Session, 'epoch' | 'hasDied'>) | undefined {
    for (const [nodeId, { epoch, endsAtMs, hasDied }] of this.byNode) {
      if (this.now() <= endsAtMs) continue
      this.byNode.delete(nodeId)
      return { nodeId, epoch, hasDied }
    }
    return undefined
  }

  private renew(nodeId: number, epoch: bigint, isHeardOf: boolean): void {
    this.byNode.set(nodeId, { epoch, endsAtMs: this.now() + this.timeoutMs, isHeardOf, hasDied: false })
  }
}
