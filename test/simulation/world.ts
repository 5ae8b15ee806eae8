import type { Clock, Timer } from '../../src/lib/clock.ts'
import { randomNumbers } from '../support/random.ts'
import { EventQueue } from './event-queue.ts'

/** Node's own, from before it is replaced: it comes after every callback and promise of an event. */
const afterEverything = setImmediate

/** How fast and how wrong a clock goes. */
export interface ClockError {
  readonly offsetMs: number
  /** Its seconds in one of the world's. */
  readonly rate: number
}

const RIGHT: ClockError = { offsetMs: 0, rate: 1 }
const EPOCH_MS = 1_700_000_000_000

/** Somebody who does things: a process, or the world itself. While it is paused, what happens to it waits. */
export class Actor {
  private readonly held: (() => void)[] = []
  isPaused = false
  isDead = false
  readonly clock: Clock

  constructor(
    readonly name: string,
    readonly world: World,
    error: ClockError = RIGHT,
  ) {
    const after = (delayMs: number, action: () => void): Timer =>
      world.schedule(this, Math.max(delayMs, 0) / error.rate, action)
    this.clock = {
      now: () => Math.floor(EPOCH_MS + error.offsetMs + world.nowMs * error.rate),
      after,
      inBackground: after,
    }
  }

  /** SIGSTOP. */
  pause(): void {
    this.isPaused = true
  }

  /** SIGCONT: all that has come meanwhile comes at once, in its order. */
  resume(): void {
    this.isPaused = false
    for (const action of this.held.splice(0)) this.world.schedule(this, 0, action)
  }

  die(): void {
    this.isDead = true
    this.held.length = 0
  }

  hold(action: () => void): void {
    this.held.push(action)
  }
}

/**
 * Time, chance and the order of all that happens. Nothing happens but by an event of its queue, so that the same seed
 * leads to the same run.
 */
export class World {
  nowMs = 0
  /** Events so far. */
  events = 0
  /** Whoever acts now. */
  current: Actor
  readonly self: Actor
  /** Told after each event, when all that followed from it at once has happened. */
  onEvent: (actor: Actor) => void = () => {}
  private readonly queue = new EventQueue()
  private readonly random: () => number
  private failure: { readonly error: unknown } | null = null

  constructor(readonly seed: number) {
    this.random = randomNumbers(seed)
    this.self = this.current = new Actor('world', this)
  }

  schedule(actor: Actor, delayMs: number, action: () => void): Timer {
    const event = this.queue.add(this.nowMs + delayMs, actor, action)
    return { cancel: () => void (event.isCancelled = true) }
  }

  /** Something was thrown that nobody has caught: a bug, unless its process died of it. */
  onBug(error: unknown): void {
    if (!this.current.isDead) this.fail(error)
  }

  /** The run ends with this error. */
  fail(error: unknown): void {
    this.failure ??= { error }
  }

  /** Lets events happen until it is so; false when that has not come within the time. Throws what `fail` was told. */
  async until(isSo: () => boolean, withinMs: number): Promise<boolean> {
    const end = this.nowMs + withinMs
    while (!isSo()) {
      const next = this.queue.next(end)
      if (!next) {
        this.nowMs = end
        return isSo()
      }
      this.nowMs = Math.max(this.nowMs, next.at)
      const { actor, action } = next
      if (actor.isDead) continue
      if (actor.isPaused) {
        // What is cancelled while it waits does not happen.
        actor.hold(() => {
          if (!next.isCancelled) action()
        })
        continue
      }
      this.events += 1
      this.current = actor
      try {
        action()
      } catch (error) {
        this.onBug(error)
      }
      await new Promise<void>((resolve) => void afterEverything(resolve))
      this.current = this.self
      this.onEvent(actor)
      if (this.failure) throw this.failure.error
    }
    return true
  }

  async pass(ms: number): Promise<void> {
    await this.until(() => false, ms)
  }

  /** From 0 up to 1. */
  chance(): number {
    return this.random()
  }

  isLucky(probability: number): boolean {
    return this.random() < probability
  }

  between(least: number, most: number): number {
    return least + this.random() * (most - least)
  }

  integer(least: number, most: number): number {
    return Math.floor(this.between(least, most + 1))
  }

  pick<T>(items: readonly T[]): T {
    return items[Math.floor(this.random() * items.length)]!
  }

  bytes(count: number): Buffer {
    return Buffer.from(Array.from({ length: count }, () => Math.floor(this.random() * 256)))
  }
}
