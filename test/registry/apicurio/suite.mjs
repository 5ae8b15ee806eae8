// kts as a client of another maker's registry, Apicurio. Skipped without Java 21 and Maven.
import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { startBundledBroker } from '../../support/bundled-broker.mjs'
import { outcomeOf, startProcess } from '../../support/processes.mjs'
import { removeFolder, temporaryFolder } from '../../support/temporary-folder.mjs'
import { startApicurio } from './server.mjs'

const bin = fileURLToPath(new URL('../../../bin/', import.meta.url))

const record = (...fields) => JSON.stringify({ type: 'record', name: 'Order', namespace: 'shop', fields })
const id = { name: 'id', type: 'long' }
const SCHEMAS = {
  'v1.avsc': record(id),
  'v2.avsc': record(id, { name: 'note', type: ['null', 'string'], default: null }),
  'broken.avsc': record({ name: 'total', type: 'double' }),
  'order.proto': 'syntax = "proto3"; package shop; message Other { int32 a = 1; } message Order { int64 id = 1; }',
  'order.json':
    '{"$schema":"http://json-schema.org/draft-07/schema#","type":"object","properties":{"id":{"type":"integer"}}}',
  'list.avsc': '{"type":"array","items":"shop.Order"}',
}

/** What a tool of kts says; rejects unless it ends with `code`. */
async function kts(folder, words, { input = '', code = 0, tool = 'kts', env = {} } = {}) {
  const child = startProcess(process.execPath, [join(bin, tool), ...words], {
    env: { ...process.env, XDG_CONFIG_HOME: folder, ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  child.stdin.on('error', () => {}).end(input)
  const outcome = await outcomeOf(child)
  assert.equal(outcome.code, code, `${tool} ${words.join(' ')}: ${outcome.stderr}`)
  return outcome
}

async function tryRegistry(tally, { registry, broker, folder }) {
  const file = (name) => join(folder, name)
  const env = { KTS_SCHEMA_REGISTRY_URL: registry.url, KTS_BOOTSTRAP_SERVERS: broker.bootstrap }
  const run = (words, more) => kts(folder, words, { env, ...more })
  const json = async (words, more) => JSON.parse((await run([...words, '--json'], more)).stdout)

  await tally.check('register, list, get', async () => {
    const { id: number } = await json(['schemas', 'register', 'orders-value', file('v1.avsc')])
    assert.ok((await run(['schemas', 'list'])).stdout.includes('orders-value'))
    assert.deepEqual(JSON.parse((await run(['schemas', 'get', 'orders-value'])).stdout), JSON.parse(SCHEMAS['v1.avsc']))
    const byId = await run(['schemas', 'get', '--id', String(number)])
    assert.deepEqual(JSON.parse(byId.stdout), JSON.parse(SCHEMAS['v1.avsc']))
  })
  await tally.check('levels', async () => {
    await run(['schemas', 'config', 'orders-value', '--set', 'BACKWARD'])
    const { compatibility, isOwn } = await json(['schemas', 'config', 'orders-value'])
    assert.deepEqual([compatibility, isOwn], ['BACKWARD', true])
  })
  await tally.check('check, and what is refused', async () => {
    await run(['schemas', 'check', 'orders-value', file('v2.avsc')])
    await run(['schemas', 'check', 'orders-value', file('broken.avsc')], { code: 1 })
    const refused = await run(['schemas', 'register', 'orders-value', file('broken.avsc')], { code: 1 })
    assert.match(refused.stderr, /\(409|40901/)
    await run(['schemas', 'register', 'orders-value', file('v2.avsc')])
    assert.equal((await json(['schemas', 'list', 'orders-value'])).length, 2)
  })
  await tally.check('a subject that is not there', async () => {
    const refused = await run(['schemas', 'get', 'orders-valeu'], { code: 1 })
    assert.match(refused.stderr, /40401\); did you mean orders-value\?/)
  })
  for (const [type, name, line] of [
    ['Avro', 'v2.avsc', '{"id":9007199254740993,"note":"x"}'],
    ['Protobuf', 'order.proto', '{"id":"9007199254740993"}'],
    ['JSON Schema', 'order.json', '{"id":9007199254740993}'],
  ])
    await tally.check(`${type} there and back`, async () => {
      const topic = name.replace('.', '-')
      const message = type === 'Protobuf' ? ['--value-message', 'shop.Order'] : []
      await run(['produce', topic, '--value-schema', file(name), ...message], { input: `${line}\n` })
      const shown = await run(['consume', topic, '--to-end', '--readable'])
      assert.equal(shown.stdout, `${line}\n`, shown.stderr)
      const documents = (await run(['consume', topic, '--to-end', '--json'])).stdout
      const copy = documents.replaceAll(`"${topic}"`, `"${topic}-copy"`)
      await run(['produce', '--json'], { input: copy })
      assert.equal((await run(['consume', `${topic}-copy`, '--to-end', '--json'])).stdout, copy)
    })
  await tally.check('references', async () => {
    const reference = ['--reference', 'shop.Order=orders-value:1']
    await run(['schemas', 'register', 'lists-value', file('list.avsc'), ...reference])
    await run(['produce', 'lists'], { input: '[{"id":1},{"id":2}]\n' })
    assert.equal((await run(['consume', 'lists', '--to-end'])).stdout, '[{"id":1},{"id":2}]\n')
  })
  await tally.check("Confluent's console tools", async () => {
    const properties = ['--property', `schema.registry.url=${registry.url}`]
    const where = ['--bootstrap-server', broker.bootstrap, '--topic', 'console']
    const schema = ['--property', `value.schema=${SCHEMAS['v1.avsc']}`]
    const send = { tool: 'kafka-avro-console-producer', input: '{"id":1}\n' }
    await kts(folder, [...where, ...properties, ...schema], send)
    const read = ['--from-beginning', '--max-messages', '1']
    const shown = await kts(folder, [...where, ...properties, ...read], { tool: 'kafka-avro-console-consumer.sh' })
    assert.equal(shown.stdout, '{"id":1}\n')
  })
  await tally.check('export, delete', async () => {
    const lines = (await run(['schemas', 'export', 'orders-value'])).stdout.trim().split('\n')
    assert.equal(lines.length, 2)
    await run(['schemas', 'delete', 'console-value', '--yes'])
    assert.ok(!(await run(['schemas', 'list'])).stdout.includes('console-value'))
  })
}

/** Throws `Missing` without Java 21 and Maven. */
async function run(tally) {
  const folder = temporaryFolder('kts-registry-')
  let registry
  let broker
  try {
    for (const [name, text] of Object.entries(SCHEMAS)) writeFileSync(join(folder, name), text)
    registry = await startApicurio()
    broker = await startBundledBroker()
    console.log(`Apicurio answers after ${(registry.startMs / 1000).toFixed(1)} s`)
    await tryRegistry(tally, { registry, broker, folder })
  } finally {
    await broker?.stop()
    await registry?.stop()
    removeFolder(folder)
  }
}

export const apicurio = { name: "kts as a client of Apicurio's registry", run }
