import { describe, expect, it } from 'vitest'
import { parseDuration } from '../../../../src/lib/duration.ts'
import { consumerSettings } from '../../../../src/lib/client/consumer/index.ts'
import { unusedConsumerSettings } from '../../../../src/lib/client/unused-settings.ts'
import { resetStart } from '../../../../src/lib/client/consumer/reset.ts'
import { UserError } from '../../../../src/lib/errors.ts'
import facts from '../../../protocol/facts-4.3.0.json' with { type: 'json' }

const read = (properties: Record<string, string>) => consumerSettings(new Map(Object.entries(properties)))

describe('the settings of a consumer', () => {
  it("have Java's defaults under Apache's names, but for the sizes of a fetch", () => {
    const javas = Object.fromEntries(
      (facts.consumerConfigs as { name: string; default: unknown }[]).map(({ name, default: value }) => [name, value]),
    )
    expect(consumerSettings(new Map(), 'drop-in')).toEqual({
      autoOffsetReset: javas['auto.offset.reset'],
      allowAutoCreateTopics: javas['allow.auto.create.topics'],
      excludeInternalTopics: javas['exclude.internal.topics'],
      checkCrcs: javas['check.crcs'],
      isReadCommitted: false,
      fetchMaxBytes: 16 * 1024 * 1024,
      maxPartitionFetchBytes: 2 * 1024 * 1024,
      fetchMinBytes: javas['fetch.min.bytes'],
      fetchMaxWaitMs: javas['fetch.max.wait.ms'],
      clientRack: javas['client.rack'],
      metadataMaxAgeMs: javas['metadata.max.age.ms'],
      retryBackoffMs: javas['retry.backoff.ms'],
      retryBackoffMaxMs: javas['retry.backoff.max.ms'],
    })
  })

  it('make no topic under kts, unless told to', () => {
    expect(
      [read({}), read({ 'allow.auto.create.topics': 'true' })].map(
        ({ allowAutoCreateTopics }) => allowAutoCreateTopics,
      ),
    ).toEqual([false, true])
  })

  it('are read as Java reads them', () => {
    expect(
      read({
        'check.crcs': ' FALSE ',
        'fetch.min.bytes': ' 7 ',
        'isolation.level': 'read_committed',
        'auto.offset.reset': 'by_duration:PT1H',
      }),
    ).toMatchObject({
      checkCrcs: false,
      fetchMinBytes: 7,
      isReadCommitted: true,
      autoOffsetReset: { durationMs: 3_600_000 },
    })
  })

  it.each([
    ['auto.offset.reset', 'middle'],
    ['auto.offset.reset', 'by_duration:PT'],
    ['check.crcs', 'yes'],
    ['fetch.min.bytes', '-1'],
    ['fetch.min.bytes', '1.5'],
    ['fetch.max.bytes', '2147483648'],
    ['isolation.level', 'READ_COMMITTED'],
  ])('refuse %s=%s', (name, value) => {
    expect(() => read({ [name]: value })).toThrow(UserError)
  })

  it('are said to be in vain where they are', () => {
    expect(
      unusedConsumerSettings(
        new Map([
          ['interceptor.classes', 'a.B'],
          ['fetch.min.bytes', '1'],
        ]),
      ),
    ).toEqual(['interceptor.classes has no effect: Java classes cannot be loaded'])
    const remote: [string, string] = ['group.remote.assignor', 'range']
    expect(unusedConsumerSettings(new Map([remote]))).toEqual([
      'group.remote.assignor has no effect: it belongs to group.protocol=consumer',
    ])
    expect(unusedConsumerSettings(new Map([remote, ['group.protocol', 'CONSUMER']]))).toEqual([])
  })
})

describe('a duration', () => {
  it.each([
    ['PT1S', 1000],
    ['P1DT2H3M4.5S', 93_784_500],
    ['-PT-1M', 60_000],
    ['pt1,25s', 1250],
    ['P2D', 172_800_000],
    ['PT0S', 0],
  ])('%s is %i ms', (text, ms) => {
    expect(parseDuration(text)).toBe(ms)
  })

  it.each(['', 'P', 'PT', 'P1', '1S', 'PT1', 'P1H', '-PT1S', 'P1W'])('cannot be "%s"', (text) => {
    expect(parseDuration(text)).toBeUndefined()
  })

  it('back from now is where by_duration begins', () => {
    expect(resetStart({ durationMs: 1000 }, 5000)).toEqual({ timestamp: 4000n })
  })
})
