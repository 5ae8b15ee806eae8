import type { Clock } from '../../clock.ts'

/** Lets others do what they have to do, then goes on. */
export type Pause = () => Promise<void>

/** Long enough to get something done, short enough for a client not to notice. */
const SLICE_MS = 3

/** Cuts long work into slices of a few milliseconds. */
export class Slices {
  private began: number

  constructor(
    private readonly clock: Clock,
    private readonly pause: Pause,
  ) {
    this.began = clock.now()
  }

  /** Whether it is time to `rest`. */
  get isOver(): boolean {
    return this.clock.now() - this.began >= SLICE_MS
  }

  async rest(): Promise<void> {
    await this.pause()
    this.began = this.clock.now()
  }
}
