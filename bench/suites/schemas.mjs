// Avro values to JSON lines and back, within one process: what a record costs beyond Kafka. Ratios count, not seconds.
import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { buildSync } from 'esbuild'
import { median } from '../measure.mjs'
import { installFastavro, loadAvsc } from '../peers.mjs'

const RECORDS = 200_000
const DIFFERENT = 1000
const OUTPUT_BYTES = 4096

const SCHEMA = {
  type: 'record',
  name: 'com.example.Order',
  fields: [
    { name: 'id', type: 'long' },
    { name: 'customer', type: 'string' },
    { name: 'price', type: 'double' },
    { name: 'count', type: 'int' },
    { name: 'paid', type: 'boolean' },
    { name: 'note', type: ['null', 'string'], default: null },
    { name: 'placed', type: 'long' },
    {
      name: 'lines',
      type: {
        type: 'array',
        items: {
          type: 'record',
          name: 'Line',
          fields: [
            { name: 'sku', type: 'string' },
            { name: 'count', type: 'int' },
          ],
        },
      },
    },
  ],
}

/** Payloads of the schema as JSON texts and as Avro, and what turns them into each other. */
export async function avroOrders(folder) {
  const codec = (await loadAvro(folder)).parse(JSON.stringify(SCHEMA)).codec()
  const texts = Array.from({ length: DIFFERENT }, (_, index) => JSON.stringify(order(index)))
  return { codec, texts, payloads: texts.map((text) => codec.encode(text)) }
}

export async function run(bench) {
  const { codec, texts, payloads } = await avroOrders(bench.folder)
  const decoded = perSecond(payloads, (payload) => codec.decode(payload).length)
  const note = (text) => bench.note(text)
  const avsc = await loadAvsc(note)
  if (avsc) {
    const peer = avsc.Type.forSchema(SCHEMA, { wrapUnions: true })
    const textOf = (payload) => JSON.stringify(peer.fromBuffer(payload))
    const beside = (name, goal, ours, peers) =>
      bench.figure({
        name,
        goal,
        figure: `${thousands(ours)} records/s of ${payloads[0].length} bytes, avsc ${thousands(peers)} → ${(ours / peers).toFixed(1)}`,
        isMet: ours >= 5 * peers,
      })
    beside(
      'Avro to JSON text',
      '≥ 5 × avsc with JSON.stringify',
      decoded,
      perSecond(payloads, (payload) => textOf(payload).length),
    )
    // What a program does that writes lines, as kts consume does.
    const output = Buffer.alloc(OUTPUT_BYTES)
    beside(
      'Avro to JSON in an output buffer',
      '≥ 5 × avsc with JSON.stringify and Buffer.write',
      perSecond(payloads, (payload) => codec.decodeBytes(payload, 0, payload.length).copyTo(output, 0)),
      perSecond(payloads, (payload) => output.write(textOf(payload))),
    )
  }
  const python = await installFastavro(note)
  if (python) {
    const peers = fastavroPerSecond(python, bench.folder, payloads)
    bench.figure({
      name: 'Avro to JSON text, beside fastavro',
      goal: '≥ 10 × fastavro with json.dumps',
      figure: `${thousands(decoded)} records/s, fastavro ${thousands(peers)} → ${(decoded / peers).toFixed(1)}`,
      isMet: decoded >= 10 * peers,
    })
  }
  const encoded = perSecond(texts, (text) => codec.encode(text).length)
  bench.figure({
    name: 'JSON text to Avro',
    goal: '1 M records in 5 s',
    figure: `${thousands(encoded)} records/s`,
    isMet: encoded >= 200_000,
  })
}

const order = (index) => ({
  id: 1e9 + index,
  customer: `customer-${index}`,
  price: ((index * 37) % 10_000) / 100 + 0.01,
  count: index % 100,
  paid: index % 2 === 0,
  note: index % 3 === 0 ? null : { string: 'leave at the door' },
  placed: 1_790_000_000_000 + index,
  lines: [1, 2].map((count) => ({ sku: `SKU-${count}${index}`, count })),
})

/** By CPU time: the median of five, after one to warm up. */
function perSecond(items, act) {
  const measure = () => {
    const before = process.cpuUsage()
    for (let round = 0; round < RECORDS / items.length; round += 1) for (const item of items) act(item)
    const { user, system } = process.cpuUsage(before)
    return RECORDS / ((user + system) / 1e6)
  }
  measure()
  return median(Array.from({ length: 5 }, measure))
}

async function loadAvro(folder) {
  const outfile = join(folder, 'avro.mjs')
  const entry = fileURLToPath(new URL('../../src/lib/schemas/avro/index.ts', import.meta.url))
  buildSync({ entryPoints: [entry], bundle: true, platform: 'node', format: 'esm', outfile })
  return (await import(outfile)).avroFormat
}

/** What fastavro and json.dumps make of the payloads in a second of CPU. */
function fastavroPerSecond(python, folder, payloads) {
  const [schema, values] = ['schema.json', 'payloads'].map((name) => join(folder, name))
  writeFileSync(schema, JSON.stringify(SCHEMA))
  writeFileSync(values, payloads.map((payload) => payload.toString('hex')).join('\n'))
  const program = fileURLToPath(new URL('../fastavro/rate.py', import.meta.url))
  return Number(execFileSync(python, [program, schema, values, String(RECORDS)], { encoding: 'utf8' }))
}

const thousands = (figure) => `${Math.round(figure / 1000)},000`
