/** How an operation may fail: refused, half done (a short write), or with the power cut. */
export type Fault = 'ENOSPC' | 'EIO' | 'EACCES' | 'short-write' | 'crash'

/** Thrown by every operation on a disk without power, until it is started again. */
export class PowerCutError extends Error {
  override readonly name = 'PowerCutError'
}

interface Plan {
  readonly from: number
  readonly fault: Fault
  readonly lasting: boolean
}

/** Counts the operations of a disk, and makes the one that a test has picked fail. */
export class DiskFaults {
  /** Operations so far. */
  count = 0
  powerCut = false
  private plan: Plan | null = null
  /** Where nothing more can be written, null for nowhere. */
  full: string | null = null

  failAt(nth: number, fault: Fault, lasting: boolean): void {
    this.plan = { from: this.count + nth, fault, lasting }
  }

  heal(): void {
    this.plan = null
  }

  /** Runs an operation, or fails it as planned; `half` does the first half of it. */
  run<T>(call: string, path: string, whole: () => T, half: () => void = () => {}): T {
    const fault = this.next() ?? (this.isFull(call, path) ? 'ENOSPC' : null)
    if (fault === null) return whole()
    if (fault === 'short-write' || fault === 'crash') half()
    if (fault === 'crash') this.powerCut = true
    if (this.powerCut) throw new PowerCutError(`the power was cut during ${call} '${path}'`)
    throw systemError(fault === 'short-write' ? 'ENOSPC' : fault, call, path)
  }

  private isFull(call: string, path: string): boolean {
    return this.full !== null && TAKES_ROOM.has(call) && path.startsWith(`${this.full}/`)
  }

  private next(): Fault | null {
    if (this.powerCut) return 'crash'
    this.count += 1
    const { plan } = this
    if (!plan || this.count < plan.from || (this.count > plan.from && !plan.lasting)) return null
    return plan.fault
  }
}

const TAKES_ROOM = new Set(['write', 'mkdir'])

/** An error as Node makes it. */
export function systemError(code: string, call: string, path: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`${code}: ${call} '${path}'`), { code, syscall: call, path })
}
