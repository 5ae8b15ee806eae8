import { PowerCutError } from './disk-faults.ts'

/** What a disk in memory does in the background: at once, or when a test says so. */
export class BackgroundWork {
  private readonly held: (() => void)[] = []
  private isHolding = false

  /** Resolves when the work is done, rejects with its error; never does either when the power is cut. */
  run(work: () => void): Promise<void> {
    return new Promise((resolve, reject) => {
      const go = (): void => settle(work, resolve, reject)
      if (this.isHolding) this.held.push(go)
      else go()
    })
  }

  hold(): void {
    this.isHolding = true
  }

  runHeld(count: number): void {
    for (const go of this.held.splice(0, count)) go()
  }

  /** What waits is never done; what comes is done at once again. */
  forget(): void {
    this.held.length = 0
    this.isHolding = false
  }
}

function settle(work: () => void, resolve: () => void, reject: (error: unknown) => void): void {
  try {
    work()
    resolve()
  } catch (error) {
    if (!(error instanceof PowerCutError)) reject(error)
  }
}
