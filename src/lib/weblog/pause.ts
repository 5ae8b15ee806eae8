import { setTimeout as delay } from 'node:timers/promises'

/** Waits; false when the signal was raised first. Keeps the process alive, unlike the timers of `Clock`. */
export async function pause(ms: number, signal: AbortSignal): Promise<boolean> {
  if (signal.aborted) return false
  return await delay(ms, true, { signal }).catch(() => false)
}
