// kts as its users type it. Arguments as of transport.mjs.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { json } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'

const kts = fileURLToPath(new URL('../../../bin/kts', import.meta.url))
const ENDINGS = { avro: 'avsc', json: 'json', protobuf: 'proto' }
const [action, bootstrap, registry, ...words] = process.argv.slice(2)

function run(words, input = '') {
  const env = { ...process.env, KTS_BOOTSTRAP_SERVERS: bootstrap, KTS_SCHEMA_REGISTRY_URL: registry }
  const { status, stdout, stderr } = spawnSync(process.execPath, [kts, ...words], { env, input, encoding: 'utf8' })
  if (status !== 0) throw new Error(stderr)
  return { stdout, stderr }
}

if (action === 'write') await write()
else read()

async function write() {
  const exchanged = await json(process.stdin)
  const folder = mkdtempSync(join(tmpdir(), 'kts-exchange-'))
  for (let at = 0; at < words.length; at += 2) {
    const [format, topic] = words.slice(at, at + 2)
    const { schema, message, records } = exchanged[format]
    const file = join(folder, `order.${ENDINGS[format]}`)
    writeFileSync(file, schema)
    const which = message === undefined ? [] : ['--value-message', message]
    const lines = records.map((record) => `${JSON.stringify(record)}\n`).join('')
    run(['produce', topic, '--value-schema', file, ...which], lines)
  }
  rmSync(folder, { recursive: true })
}

function read() {
  for (let at = 0; at < words.length; at += 3) {
    const topic = words[at + 1]
    const { stdout, stderr } = run(['consume', topic, '--to-end', '--readable'])
    if (stderr.includes('is shown as it is')) console.log(JSON.stringify({ topic, error: stderr }))
    else for (const line of stdout.trim().split('\n')) console.log(`{"topic":${JSON.stringify(topic)},"value":${line}}`)
  }
}
