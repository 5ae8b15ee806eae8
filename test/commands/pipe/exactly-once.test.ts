import { expect, test } from 'vitest'
import { runPipeUnderFire } from '../../chaos/pipe.mjs'

/** `npm run test:exactly-once` does the same for longer. */
test.each([
  [1, []],
  [12, ['cat']],
])(
  'whoever is killed, each record is passed once (seed %i, command %j)',
  async (seed, command) => {
    const { records, pipe, broker, both } = await runPipeUnderFire({
      records: 400,
      kills: 2,
      longestMs: 600,
      seed,
      command,
    })
    expect([records, pipe + broker + both]).toEqual([400, 2])
  },
  60_000,
)
