import { setTimeout as delay } from 'node:timers/promises'

/**
 * Kafka acknowledges a change when its controller has it; its broker shows it a moment later, which the start of a JVM
 * hides.
 */
const MOMENT_MS = 500

/** Starts each command a moment later. */
export const unhurried = (start) => (argv, input) => {
  const job = delay(MOMENT_MS).then(() => start(argv, input))
  return {
    signal: (name) => void job.then((started) => started.signal(name)),
    done: job.then((started) => started.done),
  }
}
