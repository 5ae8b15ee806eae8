import { defineOptions, type Context, type Result, type Values } from '../../lib/command/define.ts'
import { aborted } from '../../lib/command/unless-aborted.ts'
import { nameConnection } from '../../lib/config/connection.ts'
import { EnvironmentError } from '../../lib/errors.ts'
import { show } from '../../lib/output/show.ts'
import { write } from '../../lib/output/write.ts'
import { openBrowser } from '../../lib/web/open-browser.ts'
import { PAGE_PORT, servePage, type Page } from '../../lib/web/serve.ts'
import { defineCommand, type Order } from '../../lib/work/command.ts'
import { startNoted } from '../broker/in-background.ts'
import { brokerLine, startPlacedBroker } from '../broker/own-broker.ts'
import { tryToNoteBroker, type RunningBroker } from '../broker/running.ts'
import { checkPort, LOCAL_PORT, placeOptions } from '../broker/settings.ts'

const options = defineOptions([
  ...placeOptions,
  { name: 'web-port', type: 'integer', value: 'PORT', about: `Port of the page; ${PAGE_PORT} by default, 0 for any.` },
  { name: 'open', about: 'Open the page in the browser.' },
])

type UpValues = Values<typeof options>

export const up = defineCommand({
  examples: [
    { command: 'kts up', about: 'A broker on localhost:9092 and its page on localhost:9021, until Ctrl-C.' },
    { command: 'kts up --daemon --open', about: 'In the background, and the page in the browser; kts down ends them.' },
    { command: 'kts up --in-memory --topic orders:3', about: 'Nothing is kept; with a topic to begin with.' },
  ],
  options,
  check({ values: { port, webPort } }) {
    for (const given of [port, webPort]) if (given !== undefined) checkPort(given)
  },
  offline: (order) => (order.values.daemon ? upInBackground(order) : serve(order)),
})

async function serve(order: Order<UpValues>): Promise<void> {
  const { values, context, output, voice } = order
  const { node, place } = await startPlacedBroker(order)
  let page: Page
  try {
    page = await servePageOf(place.bootstrapServers, order)
  } catch (error) {
    await node.stop()
    throw error
  }
  const noted = { ...place, page: page.url }
  const forget = tryToNoteBroker(context, noted, voice.say)
  await show(ready(noted), output, context.stdout)
  await write(context.stderr, 'Ctrl-C stops both\n')
  if (values.open) openBrowser(page.url, voice.say)
  const failure = await Promise.race([aborted(context.signal), node.failed])
  await page.close()
  await node.stop()
  forget()
  if (failure) throw new EnvironmentError(failure)
}

/**
 * Whoever reaches the broker may do what the page may: it asks for no token, and knows of no other cluster that its
 * user may have a way into.
 */
async function servePageOf(bootstrapServer: string, { values, context, voice }: Order<UpValues>): Promise<Page> {
  const connection = await nameConnection({ bootstrapServer }, context)
  const page = {
    port: values.webPort ?? PAGE_PORT,
    portOption: '--web-port',
    allowedHost: [],
    needsToken: false,
    readOnly: false,
    hideValues: false,
    offersProfiles: false,
  }
  return servePage(page, { context, connection, values: { bootstrapServer } }, voice.say)
}

async function upInBackground({ values, context, output, voice }: Order<UpValues>): Promise<void> {
  const { started, log } = await startNoted(values.port ?? LOCAL_PORT, context, (to) => startAgain(values, context, to))
  if (started?.page === undefined) return
  await show(ready({ ...started, page: started.page }), output, context.stdout)
  await write(context.stderr, `log: ${log}; stop both with: kts down\n`)
  if (values.open) openBrowser(started.page, voice.say)
}

/** The same options again, without those that are this process's own. */
const startAgain = (
  { port, webPort, dataDir, inMemory, topic }: UpValues,
  context: Context,
  log: string,
): Promise<void> =>
  context.startSelf(
    [
      'up',
      ...(port === undefined ? [] : [`--port=${port}`]),
      ...(webPort === undefined ? [] : [`--web-port=${webPort}`]),
      ...(dataDir === undefined ? [] : [`--data-dir=${dataDir}`]),
      ...(inMemory ? ['--in-memory'] : []),
      ...topic.map((seed) => `--topic=${seed}`),
    ],
    log,
  )

type Started = Pick<RunningBroker, 'nodeId' | 'role' | 'bootstrapServers' | 'dataDir'> & {
  readonly page: string
  readonly pid?: number
}

const ready = (started: Started): Result => {
  const { nodeId, bootstrapServers, dataDir, page, pid } = started
  return {
    data: { nodeId, bootstrapServers, dataDir, page, ...(pid !== undefined && { pid }) },
    text: () => `${brokerLine(started)}Page ready at ${page}\n`,
  }
}
