import { createContext, Script, type Context } from 'node:vm'

/** Work that was stopped because it took too long. */
export class TookTooLong extends Error {}

let sandbox: Context | undefined
let script: Script | undefined

/**
 * Runs something, and stops it after so long, in the middle of a regular expression too: V8 looks for that when it
 * tracks back, but only a script of node:vm has a watchdog. It costs some 100 µs. Throws TookTooLong, or what the work
 * throws.
 */
export function withinTime<T>(timeoutMs: number, work: () => T): T {
  sandbox ??= createContext({ work: undefined })
  script ??= new Script('work()')
  sandbox['work'] = work
  try {
    return script.runInContext(sandbox, { timeout: timeoutMs }) as T
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw new TookTooLong()
    throw error
  } finally {
    sandbox['work'] = undefined
  }
}
