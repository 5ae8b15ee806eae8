/** A sequence of numbers in [0, 1) that a seed settles (mulberry32: quick, and good enough to look random). */
export function createRandom(seed: number): () => number {
  let state = seed | 0
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000
  }
}

/** Picks items as often as their weights say. */
export function createPicker<T>(
  weighted: readonly (readonly [weight: number, item: T])[],
): (random: () => number) => T {
  const total = weighted.reduce((sum, [weight]) => sum + weight, 0)
  // One slot for each 1/1024: picking is a single look-up.
  const slots = weighted.flatMap(([weight, item]) =>
    Array.from({ length: Math.max(1, Math.round((weight / total) * 1024)) }, () => item),
  )
  return (random) => slots[Math.floor(random() * slots.length)]!
}
