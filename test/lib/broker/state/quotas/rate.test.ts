import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { Rate } from '../../../../../src/lib/broker/state/quotas/rate.ts'

/**
 * What Kafka's own Rate and QuotaUtils say for a limit of 1000 a second: milliseconds since the step before, value,
 * delay.
 */
interface Golden {
  samples: number
  sampleMs: number
  steps: [gapMs: number, value: number, delayMs: number][]
}
const golden = JSON.parse(readFileSync(new URL('rate.golden.json', import.meta.url), 'utf8')) as Golden[]

test.each(golden)('delays as Kafka does, with $samples samples of $sampleMs ms', ({ samples, sampleMs, steps }) => {
  const rate = new Rate()
  let now = 1_700_000_000_000
  const delays = steps.map(([gapMs, value]) => {
    now += gapMs
    rate.record(value, now, { samples, sampleMs })
    return rate.delayMs(1000, now, { samples, sampleMs })
  })
  expect(delays).toEqual(steps.map(([, , delayMs]) => delayMs))
  expect(delays.some((delay) => delay > 0)).toBe(true)
})
