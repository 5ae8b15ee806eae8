// kcat, librdkafka's own command line, where it is installed.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { run, signalGroup, startProcess } from '../support/processes.mjs'
import { kts } from './kts.mjs'
import { CODECS } from './matrix.mjs'

const LIMIT_S = 60
const TASKS = { metadata, produce, offsets, groups, errors }
const kcat = async (...args) => (await run('kcat', args, { limitS: LIMIT_S })).stdout

export async function checkKcat(tally, { server, folder }) {
  if (!(await isKcatInstalled())) return tally.skipped('kcat', 'it is not installed', Object.keys(TASKS).length)
  await Promise.all(
    Object.entries(TASKS).map(([name, task]) => tally.check(`kcat: ${name}`, () => task(server, folder))),
  )
}

/** kcat as one that reads what the others have written; nothing where it is not installed. */
export async function kcatReader() {
  if (!(await isKcatInstalled())) return []
  return [{ name: 'kcat', id: 'kcat', run: read }]
}

export const isKcatInstalled = () =>
  run('kcat', ['-V']).then(
    () => true,
    () => false,
  )

async function read(limitS, action, server, ...topics) {
  const outputs = await Promise.all(
    topics.map((topic) =>
      run('kcat', ['-C', '-b', server, '-t', topic, '-o', 'beginning', '-e', '-q', '-J'], { limitS }),
    ),
  )
  return outputs
    .flatMap(({ stdout }) =>
      stdout
        .split('\n')
        .filter(Boolean)
        .map((line) => `${JSON.stringify(fromJson(JSON.parse(line)))}\n`),
    )
    .join('')
}

const fromJson = ({ topic, partition, offset, ts, headers = [], key, payload }) => ({
  topic,
  partition,
  offset,
  timestamp: ts,
  key,
  value: payload,
  headers: headers.flatMap((name, i) => (i % 2 === 0 ? [[name, headers[i + 1]]] : [])),
})

async function newTopic(server, task, partitions = 1) {
  const topic = `kcat-${task}-${process.pid}`
  await kts(['topics', '-b', server, '--create', '--topic', topic, '--partitions', String(partitions)])
  return topic
}

async function metadata(server) {
  const topic = await newTopic(server, 'metadata', 3)
  const { brokers, topics } = JSON.parse(await kcat('-L', '-J', '-b', server))
  equal('brokers', brokers.length, 1)
  equal(
    'partitions',
    topics.find((entry) => entry.topic === topic)?.partitions.map(({ leader }) => leader),
    Array(3).fill(brokers[0].id),
  )
}

async function produce(server, folder) {
  const topic = await newTopic(server, 'produce')
  const file = join(folder, 'kcat-lines')
  const lines = Array.from({ length: 50 }, (_, i) => `key-${i}:${'v'.repeat(i * 10)}`)
  writeFileSync(file, lines.map((line) => `${line}\n`).join(''))
  for (const codec of CODECS)
    for (const acks of [0, 1, -1])
      await kcat('-P', '-b', server, '-t', topic, '-z', codec, '-X', `acks=${acks}`, '-K', ':', '-H', 'a=1', '-l', file)
  const read = await kcat(
    '-C',
    '-b',
    server,
    '-t',
    topic,
    '-o',
    'beginning',
    '-c',
    String(lines.length * 15),
    '-q',
    '-K',
    ':',
  )
  equal('lines', read.trimEnd().split('\n').sort(), Array(15).fill(lines).flat().sort())
}

async function offsets(server, folder) {
  const topic = await newTopic(server, 'offsets')
  const file = join(folder, 'kcat-offsets')
  writeFileSync(file, Array.from({ length: 10 }, (_, i) => `${i}\n`).join(''))
  await kcat('-P', '-b', server, '-t', topic, '-l', file)
  const from = (...args) => kcat('-C', '-b', server, '-t', topic, '-p', '0', '-e', '-q', ...args)
  equal('from 7', await from('-o', '7'), '7\n8\n9\n')
  equal('the last two', await from('-o', '-2'), '8\n9\n')
  equal('from a moment to another', await from('-o', 's@0', '-o', 'e@1'), '')
  equal(
    'the offset at a moment',
    (await kcat('-Q', '-b', server, '-t', `${topic}:0:1`)).trim(),
    `${topic} [0] offset 0`,
  )
}

/** Two members of a group; between them they get each record once. */
async function groups(server, folder) {
  const topic = await newTopic(server, 'groups', 4)
  const members = [1, 2].map(() =>
    startProcess('kcat', ['-G', topic, '-b', server, '-X', 'auto.offset.reset=earliest', '-u', '-f', '%s\\n', topic], {
      stdio: ['ignore', 'pipe', 'pipe'],
    }),
  )
  const seen = members.map(() => '')
  const said = members.map(() => '')
  members.forEach((member, i) => {
    member.stdout.on('data', (chunk) => {
      seen[i] += chunk
    })
    member.stderr.on('data', (chunk) => {
      said[i] += chunk
    })
  })
  try {
    await until(
      () => said.every((text) => /assigned: (?!.*assigned: )(?:[^,\n]+, )[^,\n]+$/m.test(text)),
      () => `no even share: ${said.join(' / ')}`,
    )
    const file = join(folder, 'kcat-groups')
    writeFileSync(file, Array.from({ length: 25 }, (_, i) => `${i}\n`).join(''))
    for (const partition of [0, 1, 2, 3])
      await kcat('-P', '-b', server, '-t', topic, '-p', String(partition), '-l', file)
    await until(
      () => seen.join('').split('\n').length > 100,
      () => `${seen.join('').split('\n').length - 1} of 100 records came`,
    )
    equal(
      'shares',
      seen.map((text) => text.trim().split('\n').length),
      [50, 50],
    )
  } finally {
    for (const member of members) signalGroup(member, 'SIGKILL')
  }
}

async function errors(server, folder) {
  const topic = await newTopic(server, 'errors')
  const file = join(folder, 'kcat-errors')
  writeFileSync(file, 'x\n')
  await fails(
    'a partition that is not there',
    () => kcat('-P', '-b', server, '-t', topic, '-p', '7', '-X', 'message.timeout.ms=3000', '-l', file),
    /Unknown partition/i,
  )
  await fails(
    'an offset that is not there',
    () => kcat('-C', '-b', server, '-t', topic, '-p', '0', '-o', '99', '-e', '-X', 'auto.offset.reset=error'),
    /out of range/i,
  )
}

async function fails(what, act, pattern) {
  const error = await act().then(
    () => undefined,
    (reason) => reason,
  )
  if (!error) throw new Error(`${what}: no error`)
  if (!pattern.test(error.outcome?.stderr ?? error.message)) throw new Error(`${what}: ${error.message}`)
}

async function until(holds, describe, limitS = 30) {
  for (const deadline = Date.now() + limitS * 1000; !holds(); ) {
    if (Date.now() > deadline) throw new Error(describe())
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

function equal(what, got, wanted) {
  if (JSON.stringify(got) !== JSON.stringify(wanted))
    throw new Error(`${what}: got ${JSON.stringify(got)}, not ${JSON.stringify(wanted)}`)
}
