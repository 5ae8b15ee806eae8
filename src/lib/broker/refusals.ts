import type { Clock } from '../clock.ts'

/** In so many ms a client is told of once for each reason. */
const QUIET_MS = 10_000
/** Whoever comes from so many places is no longer told apart. */
const MOST_KINDS = 1000

/**
 * Tells why connections are turned away or closed, one line each, that names the listener. The same of the same host is
 * told once in ten seconds, with how often it happened meanwhile: a client that tries for ever must not fill the log.
 */
export class Refusals {
  private readonly told = new Map<string, { readonly atMs: number; since: number }>()

  constructor(
    private readonly listener: string,
    private readonly clock: Clock,
    private readonly warn: (line: string) => void,
  ) {}

  /** `host` as Java shows it: `/127.0.0.1`. */
  tell(host: string, reason: string): void {
    const now = this.clock.now()
    const kind = `${host} ${reason}`
    const last = this.told.get(kind)
    if (last && now - last.atMs < QUIET_MS) {
      last.since += 1
      return
    }
    if (this.told.size >= MOST_KINDS) this.told.clear()
    this.told.set(kind, { atMs: now, since: 0 })
    const more = last && last.since > 0 ? ` (and ${last.since} times more since it was told)` : ''
    this.warn(`${this.listener}: closed the connection of ${host}: ${reason}${more}`)
  }
}
