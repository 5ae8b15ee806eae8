import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { nearBrokerSetting, parseBrokerConfig } from '../../lib/broker/state/configs/parse-broker-config.ts'
import type { Context, Result } from '../../lib/command/define.ts'
import { aborted } from '../../lib/command/unless-aborted.ts'
import { defineCommand, type Order } from '../../lib/work/command.ts'
import { show } from '../../lib/output/show.ts'
import { write } from '../../lib/output/write.ts'
import { EnvironmentError } from '../../lib/errors.ts'
import { clientLines } from './clients.ts'
import { requireCluster } from './local-cluster.ts'
import { startNoted } from './in-background.ts'
import { brokerLine, startOwnBroker } from './own-broker.ts'
import { tryToNoteBroker, type RunningBroker } from './running.ts'
import {
  givenSettings,
  namesListeners,
  portOf,
  readSettings,
  startOptions,
  wantsSecurity,
  type StartValues,
} from './settings.ts'

export const brokerStart = defineCommand({
  examples: [
    { command: 'kts broker start --daemon', about: 'A broker on localhost:9092, in the background.' },
    { command: 'kts broker start --port 0 --in-memory', about: 'A throw-away broker on a free port, until Ctrl-C.' },
    { command: 'kts broker start --brokers 3 --daemon', about: 'A cluster on localhost:9092, 9093 and 9094.' },
    { command: 'kts broker start 2', about: 'Broker 2 of that cluster again.' },
    { command: 'kts broker start --verbose', about: 'Tells what clients do: a way to see how Kafka works.' },
    { command: 'kts broker start --tls --user alice', about: 'With TLS and a login; prints what its clients need.' },
    { command: 'kts broker start --topic orders:3 --topic users', about: 'With topics, one of three partitions.' },
    {
      command: 'kts broker start config/server.properties --override num.partitions=3',
      about: "Kafka's own settings file.",
    },
  ],
  options: startOptions,
  words: [
    {
      name: 'server.properties',
      about: "Settings as in Kafka's server.properties; or the id of a broker of a cluster, to start it again.",
      completes: 'files',
      isOptional: true,
    },
  ],
  async offline(order) {
    const { values, words, context } = order
    const [word = ''] = words
    const isId = context.style === 'kts' && /^\d+$/.test(word) && !existsSync(resolve(context.cwd, word))
    if (values.brokers !== undefined || isId) {
      // What only a cluster needs is loaded only for one.
      const { startCluster, startNodeAgain } = await import('./start-cluster.ts')
      if (values.brokers !== undefined) return startCluster(order)
      return ready(await startNodeAgain(Number(word), requireCluster(context), order))
    }
    return values.daemon ? startInBackground(order) : serve(order)
  },
})

async function serve(order: Order<StartValues>): Promise<void> {
  const { values, words, context, output, voice } = order
  const settings = await readSettings(values, context, words[0])
  const { users, secured } = wantsSecurity(values)
    ? await (await import('./secured.ts')).secure(settings, values, context, {
        isPlacedByFile: namesListeners(await givenSettings(values, context, words[0])),
      })
    : { users: [], secured: null }
  const { config, warnings } = parseBrokerConfig(settings, context.style === 'kts' ? nearBrokerSetting : undefined)
  warnings.forEach(voice.say)
  const { node, place } = await startOwnBroker(order, config, { port: portOf(settings), users })
  const clients = secured
    ? await (await import('./client-files.ts')).makeClients(secured, place.bootstrapServers, order)
    : undefined
  const noted = { ...place, ...(clients && { clients }) }
  const forget = tryToNoteBroker(context, noted, voice.say)
  await show(ready(noted), output, context.stdout)
  const tell = (line: string): void =>
    void (context.style === 'kts' && context.stderr.isTTY && context.stderr.write(`${line}\n`))
  tell('Ctrl-C stops it')
  const failure = await Promise.race([aborted(context.signal), node.failed])
  await node.stop()
  forget()
  if (failure) throw new EnvironmentError(failure)
  // After a Ctrl-C the terminal has shown ^C.
  tell(context.signal.reason === 'SIGINT' ? '\nstopped' : 'stopped')
}

async function startInBackground({ values, words: [file], context, output, voice }: Order<StartValues>): Promise<void> {
  const settings = await readSettings(values, context, file)
  // Nobody looks into its log for them.
  if (context.style === 'kts') parseBrokerConfig(settings, nearBrokerSetting).warnings.forEach(voice.say)
  const { started, log } = await startNoted(portOf(settings), context, (to) => startAgain(values, file, context, to))
  if (!started) return
  await show(ready(started), output, context.stdout)
  await write(context.stderr, `log: ${log}; stop with: kts broker stop\n`)
}

/** Nothing secret gets into a command line that stays. */
async function startAgain(values: StartValues, file: string | undefined, context: Context, log: string): Promise<void> {
  const start = (usersFile: string | undefined) =>
    context.startSelf(['broker', 'start', ...againAs({ ...values, usersFile }, file)], log)
  if (values.user.length === 0) return start(values.usersFile)
  const { userLines, withUsersFile } = await import('./secured.ts')
  await withUsersFile(userLines(values, context.cwd), context, start)
}

/** The same options again, without the one that asked for the background. */
function againAs(
  { port, dataDir, inMemory, topic, tls, usersFile, acls, writeProfile, verbose, override }: StartValues,
  file: string | undefined,
): string[] {
  return [
    ...(port === undefined ? [] : [`--port=${port}`]),
    ...(dataDir === undefined ? [] : [`--data-dir=${dataDir}`]),
    ...(inMemory ? ['--in-memory'] : []),
    ...topic.map((seed) => `--topic=${seed}`),
    ...(tls ? ['--tls'] : []),
    ...(usersFile === undefined ? [] : [`--users-file=${usersFile}`]),
    ...(acls ? ['--acls'] : []),
    ...(writeProfile === undefined ? [] : [`--write-profile=${writeProfile}`]),
    ...(verbose ? ['--verbose'] : []),
    ...override.map((setting) => `--override=${setting}`),
    ...(file === undefined ? [] : [file]),
  ]
}

/** With a pid, of one in the background. */
type Started = Pick<RunningBroker, 'nodeId' | 'role' | 'bootstrapServers' | 'dataDir' | 'clients'> & {
  readonly pid?: number
}

/** The answer that scripts wait for. */
function ready(started: Started): Result {
  const { nodeId, bootstrapServers, dataDir, clients, pid } = started
  return {
    data: { nodeId, bootstrapServers, dataDir, ...(clients && { clients }), ...(pid !== undefined && { pid }) },
    text: () => brokerLine(started) + clientLines(clients ?? []),
  }
}
