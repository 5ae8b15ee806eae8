import crypto from 'node:crypto'
import { syncBuiltinESMExports } from 'node:module'
import type { World } from './world.ts'

/**
 * Takes away what would make two runs of a seed differ: chance comes from the world, what is to be done soon goes into
 * its queue, and whoever looks at the real time is a bug. For this process, which does nothing else.
 */
export function withoutRealWorld(world: () => World): void {
  const hex = (bytes: number): string => world().bytes(bytes).toString('hex')
  Math.random = () => world().chance()
  crypto.randomBytes = ((count: number) => world().bytes(count)) as typeof crypto.randomBytes
  crypto.randomUUID = () => `${hex(4)}-${hex(2)}-${hex(2)}-${hex(2)}-${hex(6)}`
  syncBuiltinESMExports()
  const soon = (action: (...args: unknown[]) => void, ...args: unknown[]): void =>
    void world().schedule(world().current, 0, () => action(...args))
  globalThis.setImmediate = soon as unknown as typeof setImmediate
  const refuse = (what: string) => (): never => {
    throw new Error(`${what} in a simulation: use the clock`)
  }
  Date.now = refuse('Date.now')
  globalThis.setTimeout = refuse('setTimeout') as unknown as typeof setTimeout
  globalThis.setInterval = refuse('setInterval') as unknown as typeof setInterval
}
