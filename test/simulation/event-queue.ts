import type { Actor } from './world.ts'

export interface Event {
  readonly at: number
  /** Of two at one time the first comes first. */
  readonly order: number
  readonly actor: Actor
  readonly action: () => void
  isCancelled: boolean
}

/** What is going to happen, by its time (a binary heap). */
export class EventQueue {
  private readonly heap: Event[] = []
  private added = 0

  add(at: number, actor: Actor, action: () => void): Event {
    const event = { at, order: (this.added += 1), actor, action, isCancelled: false }
    const { heap } = this
    let place = heap.push(event) - 1
    while (place > 0) {
      const parent = (place - 1) >> 1
      if (!isBefore(event, heap[parent]!)) break
      heap[place] = heap[parent]!
      place = parent
    }
    heap[place] = event
    return event
  }

  /** Takes out the next one up to that time. */
  next(until: number): Event | null {
    const { heap } = this
    for (let [first] = heap; first && first.at <= until; [first] = heap) {
      this.removeFirst()
      if (!first.isCancelled) return first
    }
    return null
  }

  private removeFirst(): void {
    const { heap } = this
    const last = heap.pop()!
    if (heap.length === 0) return
    let place = 0
    for (;;) {
      let child = 2 * place + 1
      if (child >= heap.length) break
      if (child + 1 < heap.length && isBefore(heap[child + 1]!, heap[child]!)) child += 1
      if (!isBefore(heap[child]!, last)) break
      heap[place] = heap[child]!
      place = child
    }
    heap[place] = last
  }
}

const isBefore = (one: Event, other: Event): boolean =>
  one.at < other.at || (one.at === other.at && one.order < other.order)
