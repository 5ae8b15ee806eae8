import type { Clock } from '../../clock.ts'

/**
 * What is done between two looks at the sockets takes about so long; a neighbour waits no longer than that and one
 * piece of work.
 */
const TURN_MS = 2
/**
 * Requests beyond this are let in one after the other: so many bytes of them at a time, or a single one. What a request
 * is made of once it has been read takes up to a hundred times its bytes.
 */
const LARGE_BYTES = 16 * 1024
const MOST_LARGE_BYTES = 1024 * 1024

/** For what must have all the room: nothing else that is large goes on meanwhile. */
export const ALONE = 2 ** 40

export const isLarge = (bytes: number): boolean => bytes > LARGE_BYTES

/**
 * Shares the one thread out. Whoever has much to do asks now and then whether the turn `isOver`, and then waits for
 * `next`: meanwhile everybody else is served. Those who wait go on one at a time, each with a turn of its own.
 */
export class Turns {
  private began = 0
  private isUnderWay = false
  private readonly waiting: (() => void)[] = []
  private largeBytes = 0
  private readonly waitingLarge: { readonly bytes: number; readonly go: () => void }[] = []

  constructor(private readonly clock: Clock) {}

  get isOver(): boolean {
    this.begin()
    return this.clock.now() - this.began >= TURN_MS
  }

  private begin(): void {
    if (this.isUnderWay) return
    this.isUnderWay = true
    this.began = this.clock.now()
    setImmediate(() => this.end())
  }

  private end(): void {
    this.isUnderWay = false
    const go = this.waiting.shift()
    if (!go) return
    this.begin()
    go()
  }

  /** Resolves when it is the caller's turn. */
  next(): Promise<void> {
    this.begin()
    return new Promise((resolve) => this.waiting.push(resolve))
  }

  /** A promise to be awaited when the turn is over; undefined while work may go on. */
  readonly pause = (): Promise<void> | undefined => (this.isOver ? this.next() : undefined)

  /**
   * Does something for a large request when it is its turn and there is room for it; at once where that is now. `bytes`
   * 0 need no room.
   */
  admit<T>(bytes: number, action: () => T | Promise<T>): T | Promise<T> {
    if (this.isOver || !this.hasRoomFor(bytes)) return this.enter(bytes).then(() => this.run(bytes, action))
    this.largeBytes += bytes
    return this.run(bytes, action)
  }

  private run<T>(bytes: number, action: () => T | Promise<T>): T | Promise<T> {
    let result: T | Promise<T>
    try {
      result = action()
    } catch (error) {
      this.leave(bytes)
      throw error
    }
    if (result instanceof Promise) return result.finally(() => this.leave(bytes))
    this.leave(bytes)
    return result
  }

  private async enter(bytes: number): Promise<void> {
    if (this.hasRoomFor(bytes)) this.largeBytes += bytes
    else await new Promise<void>((go) => this.waitingLarge.push({ bytes, go }))
    if (this.isOver) await this.next()
  }

  /** Lets in who waits for the room. */
  private leave(bytes: number): void {
    this.largeBytes -= bytes
    for (let [first] = this.waitingLarge; first && this.hasRoom(first.bytes); [first] = this.waitingLarge) {
      this.waitingLarge.shift()
      this.largeBytes += first.bytes
      first.go()
    }
  }

  /** Nobody passes those who wait already. */
  private hasRoomFor(bytes: number): boolean {
    return bytes === 0 || (this.waitingLarge.length === 0 && this.hasRoom(bytes))
  }

  private hasRoom(bytes: number): boolean {
    return this.largeBytes === 0 || this.largeBytes + bytes <= MOST_LARGE_BYTES
  }
}

/** Maps one item after the other: at once while the turn lasts, and then with pauses. */
export function inTurns<T, R>(turns: Turns, items: readonly T[], map: (item: T) => R | Promise<R>): R[] | Promise<R[]> {
  const results: R[] = []
  for (let index = 0; index < items.length; index += 1) {
    const result = map(items[index]!)
    if (result instanceof Promise) return theRest(turns, items, map, results, index + 1, result)
    results.push(result)
    if (turns.isOver) return theRest(turns, items, map, results, index + 1)
  }
  return results
}

async function theRest<T, R>(
  turns: Turns,
  items: readonly T[],
  map: (item: T) => R | Promise<R>,
  results: R[],
  from: number,
  pending?: Promise<R>,
): Promise<R[]> {
  if (pending) results.push(await pending)
  for (let index = from; index < items.length; index += 1) {
    if (turns.isOver) await turns.next()
    const result = map(items[index]!)
    results.push(result instanceof Promise ? await result : result)
  }
  return results
}

/** Goes on with a value: at once where it is there. */
export function whenDone<T, R>(value: T | Promise<T>, next: (value: T) => R | Promise<R>): R | Promise<R> {
  return value instanceof Promise ? value.then(next) : next(value)
}
