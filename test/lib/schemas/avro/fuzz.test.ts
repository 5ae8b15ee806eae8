import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { expect, it } from 'vitest'
import { SchemaError } from '../../../../src/lib/schemas/format.ts'
import { codecOf } from './support.ts'

// KTS_FUZZ_ROUNDS=1000000 npx vitest run --project=together test/lib/schemas/avro/fuzz.test.ts for more.
const ROUNDS = Number(process.env.KTS_FUZZ_ROUNDS ?? 6000)
const LIMIT_MS = 50

const file = (name: string): Buffer => readFileSync(new URL(`java/${name}`, import.meta.url))
const schemas = (JSON.parse(file('questions.json').toString()) as { values: unknown[] }).values
const values = (JSON.parse(gunzipSync(file('answers.json.gz')).toString()) as { values: [string, string][][] }).values
const subjects = schemas.flatMap((schema, index) =>
  [false, true].map((readable) => ({ codec: codecOf(schema, { readable }), values: values[index]! })),
)

/** A generator of numbers that a seed settles (mulberry32). */
function randomFrom(seed: number): (limit: number) => number {
  let state = seed
  return (limit) => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * limit)
  }
}

const random = randomFrom(18)

/** Bytes that say much: the ends of varints, the greatest of them, small counts. */
const TELLING = [0x00, 0x01, 0x02, 0x7f, 0x80, 0xfe, 0xff]

function mutated(bytes: Buffer): Buffer {
  const copy = Buffer.from(bytes)
  for (let changes = 1 + random(3); changes > 0 && copy.length > 0; changes -= 1) {
    copy[random(copy.length)] = random(2) === 0 ? random(256) : TELLING[random(TELLING.length)]!
  }
  const cut = random(copy.length + 1)
  if (random(4) === 0) return copy.subarray(0, cut)
  return random(4) === 0 ? Buffer.concat([copy.subarray(0, cut), noise(random(12)), copy.subarray(cut)]) : copy
}

const noise = (length: number): Buffer => Buffer.from(Array.from({ length }, () => random(256)))

/** Whether it came to an end well: a result, or a SchemaError. In time, and slow only because others are busy. */
function endsWell(act: () => unknown): boolean {
  for (let attempt = 0; attempt < 4; attempt += 1) {
    const started = performance.now()
    try {
      act()
    } catch (error) {
      if (!(error instanceof SchemaError)) throw error
    }
    if (performance.now() - started < LIMIT_MS) return true
  }
  return false
}

it(`ends well with ${ROUNDS} random and mutated payloads and texts`, { timeout: 1_200_000 }, () => {
  for (let round = 0; round < ROUNDS; round += 1) {
    const { codec, values } = subjects[round % subjects.length]!
    const [hex, text] = values[random(values.length)]!
    const payload = random(5) === 0 ? noise(random(100)) : mutated(Buffer.from(hex, 'hex'))
    const json = mutated(Buffer.from(text)).toString()
    const isWell = endsWell(() => JSON.parse(codec.decode(payload))) && endsWell(() => codec.encode(json))
    if (!isWell) expect.fail(`more than ${LIMIT_MS} ms: ${payload.toString('hex')}, or ${json}`)
  }
})
