// Every client writes the same orders in every format, with its schemas in a registry of kts, and every client reads
// what every other has written.
import { fileURLToPath } from 'node:url'
import { buildGoProgram } from '../../support/go.mjs'
import { run } from '../../support/processes.mjs'
import { Missing } from '../../support/tally.mjs'
import { installJavaScript } from '../javascript/install.mjs'
import { judge } from '../known-misses.mjs'
import { startOwnRegistry } from '../own-registry.mjs'
import { EXCHANGED, FORMATS } from './records.mjs'

const here = (path) => fileURLToPath(new URL(path, import.meta.url))
const inNode = async (program, ...words) => [process.execPath, here(program), ...words]
const goProgram = here('../.cache/go/exchange')
const LIMIT_S = 90

/** `install()` resolves with the command line of a program as `transport.mjs` describes it. */
const CLIENTS = [
  { name: 'kts', install: () => inNode('kts.mjs') },
  { name: 'kafkajs 3', install: async () => inNode('kafkajs.mjs', await installJavaScript(), 'kafkajs-registry-3') },
  { name: 'kafkajs 4', install: async () => inNode('kafkajs.mjs', await installJavaScript(), 'kafkajs-registry-4') },
  { name: 'Confluent JavaScript', install: async () => inNode('confluent.mjs', await installJavaScript()) },
  { name: 'franz-go', install: installGo },
]

/** kafkajs leaves out the indexes that say which message of the file it is, which it alone can read then. */
const isMiss = (writer, reader, format) =>
  format === 'protobuf' && writer.startsWith('kafkajs') && !reader.startsWith('kafkajs')

async function installGo() {
  await buildGoProgram(here('go'), goProgram, [1, 26])
  return [goProgram]
}

export const exchange = {
  name: 'exchange',
  async run(tally) {
    const clients = await installAll(tally)
    const registry = await startOwnRegistry()
    try {
      const go = clients.find(({ name }) => name === 'franz-go')
      if (go) await tally.check("every call of franz-go's client", () => run(goProgram, ['check', registry.url]))
      await tally.check('what each client writes, read by every client', () => exchangeRecords(clients, registry))
    } finally {
      await registry.stop()
    }
  },
}

async function installAll(tally) {
  const clients = []
  for (const { name, install } of CLIENTS) {
    try {
      clients.push({ name, command: await install() })
    } catch (error) {
      if (!(error instanceof Missing)) throw error
      tally.skipped(name, error.message)
    }
  }
  return clients
}

async function exchangeRecords(clients, registry) {
  const topics = clients.flatMap(({ name }) =>
    FORMATS.map((format) => ({ writer: name, format, topic: `${name.replaceAll(' ', '-')}-${format}` })),
  )
  for (const client of clients) {
    const words = topics.filter(({ writer }) => writer === client.name).flatMap(({ format, topic }) => [format, topic])
    await perform(client, ['write', registry.bootstrap, registry.url, ...words], JSON.stringify(EXCHANGED))
  }
  const words = topics.flatMap(({ format, topic }) => [format, topic, String(EXCHANGED[format].records.length)])
  const results = []
  for (const client of clients) {
    const lines = await perform(client, ['read', registry.bootstrap, registry.url, ...words])
    for (const topic of topics) results.push(resultOf(client.name, topic, lines))
  }
  const misses = results.filter(({ about }) => isMiss(...about)).map(({ name }) => [name, 'no message indexes'])
  judge(results, { misses: Object.fromEntries(misses), atLeast: results.length - misses.length })
}

async function perform({ name, command: [program, ...first] }, words, input) {
  try {
    return (await run(program, [...first, ...words], { limitS: LIMIT_S, input })).stdout.split('\n').filter(Boolean)
  } catch (error) {
    throw new Error(`${name} could not ${words[0]}: ${error.message}`, { cause: error })
  }
}

function resultOf(reader, { writer, format, topic }, lines) {
  const said = lines.map((line) => JSON.parse(line)).filter((line) => line.topic === topic)
  const error = said.find((line) => line.error !== undefined)?.error
  const [got, wanted] = [said.map(({ value }) => plain(value)), EXCHANGED[format].records.map(plain)].map((values) =>
    JSON.stringify(values),
  )
  return {
    name: `${writer} → ${reader}: ${format}`,
    about: [writer, reader, format],
    outcome: error === undefined && got === wanted ? 'passed' : 'failed',
    reason: error ?? `${got}, not ${wanted}`,
  }
}

/** Members in one order, without those that are null or empty, and numbers as text: each client has its own ways. */
function plain(value) {
  if (Array.isArray(value)) return value.map(plain)
  if (typeof value !== 'object' || value === null) return String(value ?? '')
  const members = Object.keys(value)
    .sort()
    .map((key) => [key, plain(value[key])])
  return Object.fromEntries(members.filter(([, member]) => !isEmpty(member)))
}

const isEmpty = (value) => value === '' || (typeof value === 'object' && Object.keys(value).length === 0)
