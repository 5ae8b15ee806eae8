// Python and kts on one topic: each reads what the other wrote, keys and values, with schemas that refer to others, by
// the id in front of the bytes and by the GUID in a header.
import assert from 'node:assert/strict'
import { fileURLToPath } from 'node:url'
import { run as runProcess } from '../../support/processes.mjs'
import { removeFolder, temporaryFolder } from '../../support/temporary-folder.mjs'
import { installConfluentPython } from '../confluent-python/suite.mjs'
import { startOwnRegistry } from '../own-registry.mjs'

const program = fileURLToPath(new URL('client.py', import.meta.url))
const kts = fileURLToPath(new URL('../../../bin/kts', import.meta.url))

/** The command line of the program, for whoever exchanges records with it. Throws `Missing`. */
export const installPythonClient = async () => ({ command: [await installConfluentPython(), program] })

const json = JSON.stringify
/** By format: schemas, and a record as JSON text, since its numbers are larger than those of JavaScript. */
const FORMATS = {
  avro: {
    schema: json({
      type: 'record',
      name: 'Order',
      namespace: 'shop',
      fields: [
        { name: 'id', type: 'long' },
        { name: 'price', type: 'Money' },
        { name: 'note', type: ['null', 'string'], default: null },
        { name: 'kind', type: { type: 'enum', name: 'Kind', symbols: ['A', 'B'] } },
      ],
    }),
    reference: {
      name: 'shop.Money',
      subject: 'money',
      schema: json({
        type: 'record',
        name: 'Money',
        namespace: 'shop',
        fields: [
          { name: 'units', type: 'int' },
          { name: 'currency', type: 'string' },
        ],
      }),
    },
    value: '{"id":9007199254740993,"price":{"units":5,"currency":"€"},"note":"x","kind":"B"}',
    // The client reads no Avro of less than six bytes, wherever its schema is named.
    key: { schema: json({ type: 'string' }), value: '"key-1"' },
  },
  json: {
    schema: json({
      $schema: 'http://json-schema.org/draft-07/schema#',
      title: 'Order',
      type: 'object',
      properties: { id: { type: 'integer' }, price: { $ref: 'money.json' } },
    }),
    reference: {
      name: 'money.json',
      subject: 'money.json',
      schema: json({ type: 'object', properties: { units: { type: 'integer' } }, required: ['units'] }),
    },
    value: '{"id":9007199254740993,"price":{"units":5}}',
    key: { schema: json({ type: 'string' }), value: '"k1"' },
  },
  protobuf: {
    schema: `syntax = "proto3"; package shop; import "money.proto"; import "google/protobuf/timestamp.proto";
      message Order { int64 id = 1; Money price = 2; google.protobuf.Timestamp at = 3; repeated Kind kinds = 4; }
      enum Kind { A = 0; B = 1; }`,
    message: 'shop.Order',
    reference: {
      name: 'money.proto',
      subject: 'money.proto',
      schema: 'syntax = "proto3"; package shop; message Money { int32 units = 1; string currency = 2; }',
    },
    value:
      '{"id":"9007199254740993","price":{"units":5,"currency":"€"},"at":"2026-11-30T12:00:00.500Z","kinds":["B","A"]}',
    key: {
      schema: 'syntax = "proto3"; package shop; message Key { string id = 1; }',
      message: 'shop.Key',
      value: '{"id":"k1"}',
    },
  },
}

/** What `client.py write` takes on stdin. */
function inputOf(format) {
  const { schema, message, reference, value, key } = FORMATS[format]
  const part = (rest, record) => `${json(rest).slice(0, -1)},"records":[${record}]`
  const whole = part({ schema, message, references: [reference] }, value)
  const ofKey = part({ schema: key.schema, message: key.message }, key.value)
  return `{"${format}":${whole},"key":${ofKey}}}}`
}

async function exchange({ command, bootstrap, url, folder }, format, form) {
  const { value, key } = FORMATS[format]
  const topic = `${format}-${form.name}`
  const env = {
    ...process.env,
    XDG_CONFIG_HOME: folder,
    KTS_SCHEMA_REGISTRY_URL: url,
    KTS_BOOTSTRAP_SERVERS: bootstrap,
  }
  const python = (words, input) => runProcess(command[0], [command[1], ...words], { input })
  const tool = (words, input) => runProcess(process.execPath, [kts, ...words], { env, input })
  await python(['write', ...form.python, bootstrap, url, format, topic], inputOf(format))
  await tool(['produce', topic, '-K', '\\t', ...form.kts], `${key.value}\t${value}\n`)
  const shown = await tool(['consume', topic, '--to-end', '--print', 'key,value', '--readable'])
  assert.equal(shown.stdout, `${key.value}\t${value}\n`.repeat(2), shown.stderr)
  const { stdout } = await python(['read', bootstrap, url, format, topic, '2'])
  assert.equal(stdout, `{"topic":"${topic}","key":${key.value},"value":${value}}\n`.repeat(2))
}

const FORMS = [
  { name: 'id', python: [], kts: [] },
  { name: 'header', python: ['--header'], kts: ['--schema-id-in-header'] },
]

async function run(tally) {
  const { command } = await installPythonClient()
  const { bootstrap, url, stop } = await startOwnRegistry()
  const folder = temporaryFolder('kts-python-')
  try {
    for (const format of Object.keys(FORMATS))
      for (const form of FORMS)
        await tally.check(`Python and kts read each other's ${format}, schema named by ${form.name}`, () =>
          exchange({ command, bootstrap, url, folder }, format, form),
        )
  } finally {
    await stop()
    removeFolder(folder)
  }
}

export const python = { name: 'Python and kts', run }
