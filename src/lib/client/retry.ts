import { type Clock, wait } from '../clock.ts'
import { EnvironmentError, KafkaError } from '../errors.ts'
import { isRetriable } from '../protocol/errors.ts'
import type { Hindrances } from './hindrances.ts'

/** Why a request came to nothing: a broker refuses it, or cannot be reached. */
export type Failure = KafkaError | EnvironmentError

/** Throws what is no failure of a request but a bug. */
export function asFailure(error: unknown): Failure {
  if (error instanceof KafkaError || error instanceof EnvironmentError) return error
  throw error
}

/** Whether the same request may succeed later. */
export const isTransient = (failure: Failure): boolean =>
  failure instanceof EnvironmentError || isRetriable(failure.code)

/** How long to wait after so many failures in a row: doubling, up to a limit (KIP-580). */
export function backoffMs(failures: number, firstMs: number, maxMs: number): number {
  return Math.min(firstMs * 2 ** Math.min(failures - 1, 30), Math.max(firstMs, maxMs))
}

const JITTER = 0.2

/** A fifth up or down, so that not everybody comes back at once (Java's ExponentialBackoff). */
export function withJitter(delayMs: number, random: () => number = Math.random): number {
  return Math.round(delayMs * (1 - JITTER + 2 * JITTER * random()))
}

interface RetryOptions {
  readonly clock: Clock
  /** Is told what is waited for. */
  readonly hindrances: Hindrances | undefined
  readonly timeoutMs: number
  /** How long to wait after so many failures in a row; Infinity to give up. */
  delayMs(failures: number, failure: Failure): number
}

/** Tries until it succeeds. Throws the last failure: one that will not pass, or that comes when the time is over. */
export async function retry<T>(
  attempt: () => Promise<T>,
  { clock, hindrances, timeoutMs, delayMs }: RetryOptions,
): Promise<T> {
  const deadline = clock.now() + timeoutMs
  try {
    for (let failures = 1; ; failures += 1) {
      try {
        return await attempt()
      } catch (error) {
        const failure = asFailure(error)
        const pauseMs = delayMs(failures, failure)
        if (!isTransient(failure) || clock.now() + pauseMs > deadline) throw failure
        hindrances?.meetFailure(attempt, failure)
        await wait(clock, pauseMs)
      }
    }
  } finally {
    hindrances?.pass(attempt)
  }
}
