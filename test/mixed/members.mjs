// Members of groups, of several clients: each tells what it has read, and is started again when it ends.
import { existsSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { setTimeout as delay } from 'node:timers/promises'
import { runKafkajsMember } from '../chaos/kafkajs-member.mjs'
import { classpathOf, fetchJars } from '../kafka/jars.mjs'
import { run, signalGroup, startProcess } from '../support/processes.mjs'
import { Missing } from '../support/tally.mjs'

const here = (path) => fileURLToPath(new URL(path, import.meta.url))
const RESTART_MS = 500
/** kafkajs commits to the coordinator that it joined, however often that refuses it: it must give up and join anew. */
const RETRY = { initialRetryTime: 50, maxRetryTime: 500, retries: 8 }

/** By name: `start(group, bootstrap)` resolves with what ends the member. */
export const CLIENTS = {
  'kts, classic protocol': (group, bootstrap) => startKts(group, bootstrap, 'classic'),
  'kts, consumer protocol': (group, bootstrap) => startKts(group, bootstrap, 'consumer'),
  kafkajs: startKafkajs,
  'Java, classic protocol': (group, bootstrap) => startJava(group, bootstrap, 'classic'),
  'Java, consumer protocol': (group, bootstrap) => startJava(group, bootstrap, 'consumer'),
  kcat: startKcat,
  'confluent-kafka, consumer protocol': startConfluent,
}

async function startKts(group, bootstrap, protocol) {
  return keepRunning(
    process.execPath,
    [
      ...[here('../../bin/kts'), 'consume', group.topic, '-b', bootstrap, '-g', group.groupId, '--from-beginning'],
      ...['-X', `group.protocol=${protocol}`, '-X', 'auto.commit.interval.ms=200'],
    ],
    (line) => group.read(line),
  )
}

async function startJava(group, bootstrap, protocol) {
  const java = ['-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC', '-Xmx128m', '-cp', classpathOf(await fetchJars('4.3.0'))]
  return keepRunning(
    'java',
    [
      ...java,
      'org.apache.kafka.tools.VerifiableConsumer',
      ...['--bootstrap-server', bootstrap, '--topic', group.topic, '--group-id', group.groupId],
      ...['--group-protocol', protocol, '--reset-policy', 'earliest', '--verbose'],
    ],
    (line) => {
      const event = line.startsWith('{') ? JSON.parse(line) : {}
      if (event.name === 'record_data') group.read(event.value)
    },
  )
}

async function startKcat(group, bootstrap) {
  await run('kcat', ['-V'])
  return keepRunning(
    'kcat',
    [
      ...['-G', group.groupId, '-b', bootstrap, '-u', '-f', '%s\\n', '-X', 'auto.offset.reset=earliest'],
      ...['-X', 'auto.commit.interval.ms=200', group.topic],
    ],
    (line) => group.read(line),
  )
}

async function startConfluent(group, bootstrap) {
  const python = here('../clients/.cache/python/bin/python')
  if (!existsSync(python)) throw new Missing('confluent-kafka is there once npm run test:clients has brought it')
  return keepRunning(python, [here('member.py'), bootstrap, group.topic, group.groupId, 'consumer'], (line) =>
    group.read(line),
  )
}

async function startKafkajs(group, bootstrap) {
  const cluster = { bootstrap, isRead: true }
  const member = {
    ...group,
    read: (_partition, _offset, value) => group.read(value),
    commit: (_partition, _offset, send) => send(),
  }
  const ended = runKafkajsMember(cluster, member, RETRY)
  ended.catch(() => {})
  return async () => {
    cluster.isRead = false
    await ended
  }
}

/** Runs a command again and again; each line of its output is handed on. Returns what ends it. */
export function keepRunning(command, args, onLine = () => {}) {
  let [child, isOver] = [null, false]
  const start = () => {
    if (isOver) return
    child = startProcess(command, args, { stdio: ['ignore', 'pipe', 'ignore'] })
    createInterface(child.stdout).on('line', onLine)
    child.once('close', () => delay(RESTART_MS).then(start))
  }
  start()
  return async () => {
    isOver = true
    signalGroup(child, 'SIGKILL')
  }
}
