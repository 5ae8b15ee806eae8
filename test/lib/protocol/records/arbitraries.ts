import fc from 'fast-check'

const bytes = fc.uint8Array({ maxLength: 40 }).map((array) => Buffer.from(array))
const nullableBytes = fc.option(bytes)

/** A record that a client could send. Timestamps are milliseconds since 1970, or -1 for none. */
export const recordArbitrary = fc.record(
  {
    timestamp: fc.oneof(
      fc.bigInt({ min: 1_700_000_000_000n, max: 1_700_000_100_000n }),
      fc.bigInt({ min: -1n, max: 2n ** 51n }),
    ),
    key: nullableBytes,
    value: nullableBytes,
    headers: fc.array(fc.record({ key: fc.string({ unit: 'grapheme', maxLength: 10 }), value: nullableBytes }), {
      maxLength: 4,
    }),
  },
  { noNullPrototype: true },
)
