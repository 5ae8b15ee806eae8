import { defineOptions, optionGroup, type Context, type Result, type Values } from '../../lib/command/define.ts'
import { clientId, ktsVersion } from '../../lib/command/package.ts'
import { aborted } from '../../lib/command/unless-aborted.ts'
import { nameConnection } from '../../lib/config/connection.ts'
import { tryToNoteRegistry } from '../../lib/config/registry-notes.ts'
import { EnvironmentError } from '../../lib/errors.ts'
import { portTaken } from '../../lib/port-holder.ts'
import { show } from '../../lib/output/show.ts'
import { write } from '../../lib/output/write.ts'
import { openBrowser } from '../../lib/web/open-browser.ts'
import { PAGE_PORT, servePage, type Page } from '../../lib/web/serve.ts'
import { defineCommand, type Order } from '../../lib/work/command.ts'
import { startNoted } from '../broker/in-background.ts'
import { brokerLine, startPlacedBroker } from '../broker/own-broker.ts'
import { tryToNoteBroker, type RunningBroker } from '../broker/running.ts'
import { checkPort, LOCAL_PORT, placeOptions } from '../broker/settings.ts'

/** Where Confluent's registry is. */
const REGISTRY_PORT = 8081

const options = defineOptions([
  ...placeOptions,
  ...optionGroup({ section: 'Beside the broker' }, [
    {
      name: 'web-port',
      type: 'integer',
      value: 'PORT',
      about: `Port of the page; ${PAGE_PORT} by default, 0 for any.`,
    },
    {
      name: 'registry-port',
      type: 'integer',
      value: 'PORT',
      about: `Port of the schema registry; ${REGISTRY_PORT} by default, 0 for any.`,
    },
    { name: 'no-registry', about: 'Without a schema registry.' },
    { name: 'open', about: 'Open the page in the browser.' },
  ]),
])

type UpValues = Values<typeof options>

export const up = defineCommand({
  examples: [
    {
      command: 'kts up',
      about: 'A broker on port 9092, a schema registry on 8081 and their page on 9021, until Ctrl-C.',
    },
    { command: 'kts up --daemon --open', about: 'In the background, and the page in the browser; kts down ends them.' },
    { command: 'kts up --in-memory --topic orders:3', about: 'Nothing is kept; with a topic to begin with.' },
  ],
  options,
  check({ values: { port, registryPort, webPort } }) {
    for (const given of [port, registryPort, webPort]) if (given !== undefined) checkPort(given)
  },
  offline: (order) => (order.values.daemon ? upInBackground(order) : serve(order)),
})

async function serve(order: Order<UpValues>): Promise<void> {
  const { values, context, output, voice } = order
  const { node, place } = await startPlacedBroker(order)
  const ends = [() => node.stop()]
  let forget = (): void => {}
  let failure: string | void
  try {
    const registry = values.noRegistry ? undefined : await startRegistryOf(place.bootstrapServers, order)
    if (registry) ends.push(() => registry.close())
    const page = await servePageOf(place.bootstrapServers, registry?.url, order)
    ends.push(() => page.close())
    const noted = { ...place, page: page.url, ...(registry && { registry: registry.url }) }
    forget = tryToNoteBroker(context, noted, voice.say)
    await show(ready(noted), output, context.stdout)
    await write(context.stderr, 'Ctrl-C stops them\n')
    if (values.open) openBrowser(page.url, voice.say)
    failure = await Promise.race([aborted(context.signal), node.failed])
  } finally {
    for (const end of ends.reverse()) await end()
    forget()
  }
  if (failure) throw new EnvironmentError(failure)
}

async function startRegistryOf(bootstrapServer: string, { values, context, voice }: Order<UpValues>) {
  const { startRegistry } = await import('../../lib/registry/serve.ts')
  const port = values.registryPort ?? REGISTRY_PORT
  const bootstrapServers = [bootstrapServer]
  const registry = await startRegistry({
    cluster: { bootstrapServers, clientId: clientId(), properties: new Map() },
    listeners: [{ host: '127.0.0.1', port }],
    version: ktsVersion(),
    clock: context.clock,
    warn: voice.say,
  }).catch((error: unknown) => {
    const isTaken = error instanceof EnvironmentError && error.code === 'EADDRINUSE'
    throw isTaken ? new EnvironmentError(portTaken(port, '--registry-port')) : error
  })
  // By the note commands that are about this broker find it.
  const { url, port: bound } = registry
  const forget = tryToNoteRegistry(context.env, { url, port: bound, bootstrapServers }, voice.say)
  return {
    url,
    async close() {
      forget()
      await registry.close()
    },
  }
}

/**
 * Whoever reaches the broker may do what the page may: it asks for no token, and knows of no other cluster that its
 * user may have a way into.
 */
async function servePageOf(
  bootstrapServer: string,
  registry: string | undefined,
  { values, context, voice }: Order<UpValues>,
): Promise<Page> {
  const place = { bootstrapServer, schemaRegistry: registry }
  const page = {
    port: values.webPort ?? PAGE_PORT,
    portOption: '--web-port',
    allowedHost: [],
    needsToken: false,
    readOnly: false,
    hideValues: false,
    offersProfiles: false,
  }
  return servePage(page, { context, connection: await nameConnection(place, context), values: place }, voice.say)
}

async function upInBackground({ values, context, output, voice }: Order<UpValues>): Promise<void> {
  const { started, log } = await startNoted(values.port ?? LOCAL_PORT, context, (to) => startAgain(values, context, to))
  if (started?.page === undefined) return
  await show(ready({ ...started, page: started.page }), output, context.stdout)
  await write(context.stderr, `log: ${log}; stop them with: kts down\n`)
  if (values.open) openBrowser(started.page, voice.say)
}

/** The same options again, without those that are this process's own. */
const startAgain = (
  { port, registryPort, noRegistry, webPort, dataDir, inMemory, topic }: UpValues,
  context: Context,
  log: string,
): Promise<void> =>
  context.startSelf(
    [
      'up',
      ...(port === undefined ? [] : [`--port=${port}`]),
      ...(registryPort === undefined ? [] : [`--registry-port=${registryPort}`]),
      ...(noRegistry ? ['--no-registry'] : []),
      ...(webPort === undefined ? [] : [`--web-port=${webPort}`]),
      ...(dataDir === undefined ? [] : [`--data-dir=${dataDir}`]),
      ...(inMemory ? ['--in-memory'] : []),
      ...topic.map((seed) => `--topic=${seed}`),
    ],
    log,
  )

type Started = Pick<RunningBroker, 'nodeId' | 'role' | 'bootstrapServers' | 'dataDir' | 'registry'> & {
  readonly page: string
  readonly pid?: number
}

const ready = (started: Started): Result => {
  const { nodeId, bootstrapServers, dataDir, registry = null, page, pid } = started
  return {
    data: { nodeId, bootstrapServers, dataDir, registry, page, ...(pid !== undefined && { pid }) },
    text: () =>
      brokerLine(started) +
      (registry === null ? '' : `Schema registry ready at ${registry}\n`) +
      `Page ready at ${page}\n`,
  }
}
