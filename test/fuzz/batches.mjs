// Record batches: whole ones, damaged ones with and without a checksum that fits, and some that swell when they are
// unpacked.
import { protocol } from '../support/protocol.mjs'
import { damage } from './damage.mjs'
import { pick, randomBytes } from './messages.mjs'

const { AT, BATCH_OVERHEAD, CODECS, buildBatch, crc32c } = protocol
const SWELLING_BYTES = 32 * 1024 * 1024
const SWELLING_SHARE = 0.0005
const swelling = Object.values(CODECS)
  .filter((codec) => codec !== CODECS.none)
  .map((codec) => buildBatch([{ timestamp: 0n, key: null, value: Buffer.alloc(SWELLING_BYTES) }], { codec }))

export function makeRecords(random) {
  if (random() < SWELLING_SHARE) return pick(random, swelling)
  const batch = makeBatch(random)
  const choice = random()
  if (choice < 0.3) return batch
  if (choice < 0.4) return Buffer.concat([batch, makeBatch(random)])
  if (choice < 0.45) return randomBytes(random, random() * 100)
  const damaged = damage(batch, random)
  return random() < 0.7 ? withChecksum(damaged) : damaged
}

function makeBatch(random) {
  const records = Array.from({ length: 1 + random() * 5 }, () => ({
    timestamp: BigInt(Date.now()),
    key: random() < 0.5 ? null : randomBytes(random, random() * 10),
    value: random() < 0.1 ? null : randomBytes(random, random() * 100),
    headers: random() < 0.2 ? [{ key: 'h', value: randomBytes(random, 3) }] : [],
  }))
  const isOfProducer = random() < 0.4
  return buildBatch(records, {
    codec: pick(random, Object.values(CODECS)),
    ...(isOfProducer && {
      producerId: BigInt(Math.floor(random() * 5)),
      producerEpoch: Math.floor(random() * 3),
      baseSequence: Math.floor(random() * 10),
      isTransactional: random() < 0.5,
      isControl: random() < 0.1,
    }),
  })
}

/** So that the damage is met by more than the checksum. */
function withChecksum(batch) {
  if (batch.length >= BATCH_OVERHEAD) batch.writeUInt32BE(crc32c(batch, AT.attributes), AT.crc)
  return batch
}
