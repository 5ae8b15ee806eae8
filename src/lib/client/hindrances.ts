import type { Clock, Timer } from '../clock.ts'

/** How long somebody waits without a word: what hinders is said before three seconds are over. */
export const PATIENCE_MS = 2000
/** A cause that had passed is news again after this long. */
const OLD_NEWS_MS = 10_000

interface Hindrance {
  readonly sinceMs: number
  cause: string
  outlook: string
  timer: Timer | null
  /** The causes that were said. */
  readonly told: Set<string>
}

export interface HindrancesOptions {
  readonly clock: Clock
  /** Gets one line each time: what is wrong, and what is done about it. */
  say(this: void, line: string): void
}

/**
 * What a client has to wait for, and why. Each cause is said once for what it hinders: at once where a server is lost,
 * and otherwise when it has lasted for two seconds. What has not passed is remembered: it is the reason for what is lost in the end.
 */
export class Hindrances {
  private readonly standing = new Map<unknown, Hindrance>()
  /** When something was said last. */
  private readonly said = new Map<string, number>()
  private isClosed = false

  constructor(private readonly options: HindrancesOptions) {}

  /**
   * Notes that `subject`, anything that tells one wait from another, is hindered. `outlook` is what is done meanwhile. A cause
   * that is not to be said `atOnce` may pass by itself.
   */
  meet(subject: unknown, cause: string, { outlook = 'trying again', atOnce = true }: { outlook?: string; atOnce?: boolean } = {}): void {
    if (this.isClosed) return
    const known = this.standing.get(subject)
    const hindrance = known ?? { sinceMs: this.options.clock.now(), cause, outlook, timer: null, told: new Set<string>() }
    Object.assign(hindrance, { cause, outlook })
    // Behind the others: the last one comes first as a reason.
    this.standing.delete(subject)
    this.standing.set(subject, hindrance)
    if (atOnce) this.tell(hindrance)
    else hindrance.timer ??= this.options.clock.after(this.restMs(hindrance), () => {
      hindrance.timer = null
      this.tell(hindrance)
    })
  }

  /** Notes that nothing hinders `subject` any more. */
  pass(subject: unknown): void {
    const hindrance = this.standing.get(subject)
    if (!hindrance) return
    hindrance.timer?.cancel()
    this.standing.delete(subject)
  }

  /** Says a line that somebody else has met, unless it has just been said. */
  mention(line: string): void {
    const now = this.options.clock.now()
    const isOld = now - (this.said.get(line) ?? -Infinity) < OLD_NEWS_MS
    this.said.set(line, now)
    if (!isOld && !this.isClosed) this.options.say(line)
  }

  /** Whether a reason to wait has been said that has not passed. */
  get isTold(): boolean {
    return [...this.standing.values()].some(({ told }) => told.size > 0)
  }

  /** Why the first of these that is hindered has to wait; where none is, whatever was met last and has not passed. */
  cause(...subjects: readonly unknown[]): string | undefined {
    const found = subjects.find((subject) => this.standing.has(subject))
    return (found === undefined ? [...this.standing.values()].at(-1) : this.standing.get(found))?.cause
  }

  /** A sentence with the reason behind it, if there is one. */
  explain(sentence: string, ...subjects: readonly unknown[]): string {
    const cause = this.cause(...subjects)
    return cause === undefined ? sentence : `${sentence}: ${inSentence(cause)}`
  }

  /** What waits, with the reason in brackets, if there is one. */
  aside(what: string): string {
    const cause = this.cause()
    return cause === undefined ? what : `${what} (${inSentence(cause)})`
  }

  /** From now on nothing is said. */
  close(): void {
    this.isClosed = true
    for (const { timer } of this.standing.values()) timer?.cancel()
  }

  private restMs({ sinceMs }: Hindrance): number {
    return sinceMs + PATIENCE_MS - this.options.clock.now()
  }

  private tell({ cause, outlook, told }: Hindrance): void {
    if (told.has(cause)) this.said.set(`${cause}; ${outlook}`, this.options.clock.now())
    else this.mention(`${cause}; ${outlook}`)
    told.add(cause)
  }
}

/** The same words in the middle of a sentence. */
const inSentence = (cause: string): string => cause.replace(/^(Cannot|Lost|The|No|Still) /, (word) => word.toLowerCase())
