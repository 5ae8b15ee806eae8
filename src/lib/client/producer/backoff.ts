const JITTER = 0.2

/**
 * How long to wait after so many failures in a row: doubling, capped, a fifth up or down (Java's ExponentialBackoff).
 */
export function backoffMs(
  failures: number,
  firstMs: number,
  maxMs: number,
  random: () => number = Math.random,
): number {
  const plain = Math.min(firstMs * 2 ** Math.min(failures - 1, 30), maxMs)
  return Math.round(plain * (1 - JITTER + 2 * JITTER * random()))
}
