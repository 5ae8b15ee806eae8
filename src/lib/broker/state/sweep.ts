import type { Clock, Timer } from '../../clock.ts'
import { type Pause, Slices } from '../log/index.ts'
import type { Partition } from './partition.ts'

export interface SweepOptions {
  readonly clock: Clock
  readonly intervalMs: () => number
  readonly partitions: () => Iterable<Partition>
  /** Whether a partition is still served here. */
  readonly isServed: (partition: Partition) => boolean
  /** One that takes its time awaits `pause` now and then. */
  readonly task: (partition: Partition, now: number, pause: Pause) => Promise<unknown> | void
  readonly report: (partition: Partition, error: unknown) => void
}

/**
 * Work on all partitions, one after the other, again and again. It is done in slices of a few milliseconds, so that no
 * client waits for it. What fails is reported, and the others go on.
 */
export class Sweep {
  private timer: Timer | null = null
  private isStopped = false

  constructor(private readonly options: SweepOptions) {
    this.schedule()
  }

  stop(): void {
    this.isStopped = true
    this.timer?.cancel()
  }

  private schedule(): void {
    const { clock, intervalMs } = this.options
    if (!this.isStopped)
      this.timer = clock.inBackground(intervalMs(), () => void this.run().then(() => this.schedule()))
  }

  private async run(): Promise<void> {
    const { clock, partitions, isServed } = this.options
    const pause: Pause = () => new Promise((resolve) => clock.inBackground(0, resolve))
    const slices = new Slices(clock, pause)
    for (const partition of [...partitions()]) {
      if (this.isStopped) return
      if (!isServed(partition)) continue
      const work = this.attempt(partition, pause)
      if (work) await work
      if (slices.isOver) await slices.rest()
    }
  }

  private attempt(partition: Partition, pause: Pause): Promise<unknown> | void {
    const { task, clock, report } = this.options
    try {
      return task(partition, clock.now(), pause)?.catch((error: unknown) => report(partition, error))
    } catch (error) {
      report(partition, error)
    }
  }
}
