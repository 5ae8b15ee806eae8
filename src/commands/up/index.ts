import { defineOptions, type Context, type Result, type Values } from '../../lib/command/define.ts'
import { clientId, ktsVersion } from '../../lib/command/package.ts'
import { aborted } from '../../lib/command/unless-aborted.ts'
import { nameConnection } from '../../lib/config/connection.ts'
import { EnvironmentError, UserError } from '../../lib/errors.ts'
import { tryToNoteRegistry } from '../../lib/config/registry-notes.ts'
import { show } from '../../lib/output/show.ts'
import { write } from '../../lib/output/write.ts'
import { openBrowser } from '../../lib/web/open-browser.ts'
import { PAGE_PORT, servePage, type Page } from '../../lib/web/serve.ts'
import type { RunningRegistry } from '../../lib/registry/serve.ts'
import { defineCommand, type Order } from '../../lib/work/command.ts'
import { startNoted } from '../broker/in-background.ts'
import { brokerLine, startPlacedBroker } from '../broker/own-broker.ts'
import { tryToNoteBroker, type RunningBroker } from '../broker/running.ts'
import { checkPort, LOCAL_PORT, placeOptions } from '../broker/settings.ts'

const REGISTRY_PORT = 8081

const options = defineOptions([
  ...placeOptions,
  { name: 'web-port', type: 'integer', value: 'PORT', about: `Port of the page; ${PAGE_PORT} by default, 0 for any.` },
  {
    name: 'registry-port',
    type: 'integer',
    value: 'PORT',
    about: `Port of the schema registry; ${REGISTRY_PORT} by default, 0 for any.`,
  },
  { name: 'no-registry', about: 'Without a schema registry.' },
  { name: 'open', about: 'Open the page in the browser.' },
])

type UpValues = Values<typeof options>

export const up = defineCommand({
  examples: [
    { command: 'kts up', about: 'A broker, a schema registry (port 8081) and their page (port 9021), until Ctrl-C.' },
    { command: 'kts up --daemon --open', about: 'In the background, and the page in the browser; kts down ends them.' },
    { command: 'kts up --in-memory --topic orders:3', about: 'Nothing is kept; with a topic to begin with.' },
  ],
  options,
  check({ values: { port, webPort, registryPort, noRegistry } }) {
    if (noRegistry && registryPort !== undefined)
      throw new UserError('--no-registry and --registry-port contradict each other')
    for (const given of [port, webPort, registryPort]) if (given !== undefined) checkPort(given)
  },
  offline: (order) => (order.values.daemon ? upInBackground(order) : serve(order)),
})

async function serve(order: Order<UpValues>): Promise<void> {
  const { values, context, output, voice } = order
  const { node, place } = await startPlacedBroker(order)
  const opened: (() => Promise<void>)[] = [() => node.stop()]
  const close = async (): Promise<void> => {
    for (const end of opened.splice(0).reverse()) await end()
  }
  let noted: Omit<Started, 'pid'> & typeof place
  try {
    const registry = values.noRegistry ? undefined : await serveRegistry(place.bootstrapServers, order)
    if (registry) opened.push(() => registry.close())
    const page = await servePageOf(place.bootstrapServers, registry?.url, order)
    opened.push(() => page.close())
    noted = { ...place, page: page.url, ...(registry && { registry: registry.url }) }
  } catch (error) {
    await close()
    throw error
  }
  const forget = tryToNoteBroker(context, noted, voice.say)
  await show(ready(noted), output, context.stdout)
  await write(context.stderr, 'Ctrl-C stops it all\n')
  if (values.open) openBrowser(noted.page, voice.say)
  const failure = await Promise.race([aborted(context.signal), node.failed])
  await close()
  forget()
  if (failure) throw new EnvironmentError(failure)
}

/** Commands that are about this broker find it by its note. */
async function serveRegistry(
  bootstrapServer: string,
  { values, context, voice }: Order<UpValues>,
): Promise<RunningRegistry> {
  const { startRegistry } = await import('../../lib/registry/serve.ts')
  const registry = await startRegistry({
    cluster: { bootstrapServers: bootstrapServer.split(','), clientId: clientId(), properties: new Map() },
    listeners: [{ host: 'localhost', port: values.registryPort ?? REGISTRY_PORT }],
    portOption: '--registry-port',
    version: ktsVersion(),
    clock: context.clock,
    warn: voice.say,
  })
  const { url, port } = registry
  const forget = tryToNoteRegistry(context.env, { url, port, bootstrapServers: bootstrapServer.split(',') }, voice.say)
  return {
    ...registry,
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
  schemaRegistry: string | undefined,
  { values, context, voice }: Order<UpValues>,
): Promise<Page> {
  const named = { bootstrapServer, ...(schemaRegistry !== undefined && { schemaRegistry }) }
  const connection = await nameConnection(named, context)
  const page = {
    port: values.webPort ?? PAGE_PORT,
    portOption: '--web-port',
    allowedHost: [],
    needsToken: false,
    readOnly: false,
    hideValues: false,
    offersProfiles: false,
  }
  return servePage(page, { context, connection, values: named }, voice.say)
}

async function upInBackground({ values, context, output, voice }: Order<UpValues>): Promise<void> {
  const { started, log } = await startNoted(values.port ?? LOCAL_PORT, context, (to) => startAgain(values, context, to))
  if (started?.page === undefined) return
  await show(ready({ ...started, page: started.page }), output, context.stdout)
  await write(context.stderr, `log: ${log}; stop it all with: kts down\n`)
  if (values.open) openBrowser(started.page, voice.say)
}

/** The same options again, without those that are this process's own. */
const startAgain = (
  { port, webPort, registryPort, noRegistry, dataDir, inMemory, topic }: UpValues,
  context: Context,
  log: string,
): Promise<void> =>
  context.startSelf(
    [
      'up',
      ...(port === undefined ? [] : [`--port=${port}`]),
      ...(webPort === undefined ? [] : [`--web-port=${webPort}`]),
      ...(registryPort === undefined ? [] : [`--registry-port=${registryPort}`]),
      ...(noRegistry ? ['--no-registry'] : []),
      ...(dataDir === undefined ? [] : [`--data-dir=${dataDir}`]),
      ...(inMemory ? ['--in-memory'] : []),
      ...topic.map((seed) => `--topic=${seed}`),
    ],
    log,
  )

type Started = Pick<RunningBroker, 'nodeId' | 'role' | 'bootstrapServers' | 'dataDir'> & {
  readonly page: string
  readonly registry?: string
  readonly pid?: number
}

const ready = (started: Started): Result => {
  const { nodeId, bootstrapServers, dataDir, page, registry, pid } = started
  return {
    data: {
      nodeId,
      bootstrapServers,
      dataDir,
      page,
      ...(registry !== undefined && { registry }),
      ...(pid !== undefined && { pid }),
    },
    text: () =>
      `${brokerLine(started)}${registry === undefined ? '' : `Schema registry ready at ${registry}\n`}Page ready at ${page}\n`,
  }
}
