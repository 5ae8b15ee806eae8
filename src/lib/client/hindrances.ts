import type { Clock, Timer } from '../clock.ts'
import { EnvironmentError } from '../errors.ts'

/** How long somebody waits without a word: what hinders is said before three seconds are over. */
export const PATIENCE_MS = 2000
/**
 * A cause that had passed is news again after this long: a connection that comes and goes is not to fill the screen.
 */
const OLD_NEWS_MS = 2000

interface Hindrance {
  readonly sinceMs: number
  cause: string
  outlook: string
  /** What makes it the same news as another cause: the cause itself, or what has a part in many. */
  news: string
  timer: Timer | null
  /** The news that was told, for this or for another subject that it hinders as well. */
  readonly told: Set<string>
}

export interface HindrancesOptions {
  readonly clock: Clock
  /** Gets one line each time: what is wrong, and what is done about it. */
  say(this: void, line: string): void
  /** All that was said has passed, whether that is said or not. */
  onClear?: ((this: void) => void) | undefined
}

/**
 * What a client has to wait for, and why. Each cause is said once for what it hinders: at once where a server is lost,
 * and otherwise when it has lasted for two seconds. What has not passed is remembered: it is the reason for what is
 * lost in the end.
 */
export class Hindrances {
  private readonly standing = new Map<unknown, Hindrance>()
  /** When something was said last. */
  private readonly said = new Map<string, number>()
  /** What each piece of news that was told hinders still. */
  private readonly hindered = new Map<string, Set<Hindrance>>()
  private isClosed = false

  constructor(private readonly options: HindrancesOptions) {}

  /**
   * Notes that `subject`, anything that tells one wait from another, is hindered. `outlook` is what is done meanwhile.
   * A cause that is not to be said `atOnce` may pass by itself. Where many meet the same, each with a name in its
   * cause, `news` is what is told once.
   */
  meet(
    subject: unknown,
    cause: string,
    {
      outlook = 'trying again',
      atOnce = true,
      news = cause,
    }: { outlook?: string; atOnce?: boolean; news?: string } = {},
  ): void {
    if (this.isClosed) return
    const known = this.standing.get(subject)
    const hindrance = known ?? {
      sinceMs: this.options.clock.now(),
      cause,
      outlook,
      news,
      timer: null,
      told: new Set<string>(),
    }
    Object.assign(hindrance, { cause, outlook, news })
    // Behind the others: the last one comes first as a reason.
    this.standing.delete(subject)
    this.standing.set(subject, hindrance)
    if (atOnce) this.tell(hindrance)
    else
      hindrance.timer ??= this.options.clock.after(this.restMs(hindrance), () => {
        hindrance.timer = null
        this.tell(hindrance)
      })
  }

  /** The same for a request that failed: a server that is lost is told of at once, what a broker refuses may pass. */
  meetFailure(subject: unknown, failure: Error): void {
    this.meet(subject, failure.message, { atOnce: failure instanceof EnvironmentError })
  }

  /**
   * Notes that nothing hinders `subject` any more. `word` is said when somebody had been told why, and now nobody waits
   * any more.
   */
  pass(subject: unknown, word?: string): void {
    const hindrance = this.standing.get(subject)
    if (!hindrance) return
    hindrance.timer?.cancel()
    this.standing.delete(subject)
    for (const news of hindrance.told) {
      const others = this.hindered.get(news)
      others?.delete(hindrance)
      if (others?.size === 0) this.hindered.delete(news)
    }
    if (hindrance.told.size === 0 || this.hindered.size > 0 || this.isClosed) return
    if (word !== undefined) this.options.say(word)
    this.options.onClear?.()
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

  private tell(hindrance: Hindrance): void {
    const { cause, outlook, news, told } = hindrance
    if (told.has(news)) return
    const others = this.hindered.get(news)
    const now = this.options.clock.now()
    if (!others && now - (this.said.get(news) ?? -Infinity) < OLD_NEWS_MS) return
    told.add(news)
    this.hindered.set(news, (others ?? new Set()).add(hindrance))
    if (others) return
    this.said.set(news, now)
    this.options.say(`${cause}; ${outlook}`)
  }
}

/** The same words in the middle of a sentence. */
const inSentence = (cause: string): string =>
  cause.replace(/^(Cannot|Lost|The|No|Still) /, (word) => word.toLowerCase())
