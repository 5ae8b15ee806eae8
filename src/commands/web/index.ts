import { defineOptions, type Values } from '../../lib/command/define.ts'
import { aborted } from '../../lib/command/unless-aborted.ts'
import { connectionOptions, registryOptions } from '../../lib/config/connection.ts'
import { show } from '../../lib/output/show.ts'
import { defineCommand, type Located } from '../../lib/work/command.ts'
import { openBrowser } from '../../lib/web/open-browser.ts'
import { checkPage, PAGE_PORT, servePage, type PageValues } from '../../lib/web/serve.ts'

const options = defineOptions([
  { name: 'port', type: 'integer', value: 'PORT', about: `Where to listen; ${PAGE_PORT} by default, 0 for any.` },
  { name: 'open', about: 'Open the page in the browser.' },
  { name: 'read-only', about: 'Show everything, change nothing.' },
  { name: 'hide-values', about: 'Show keys and sizes of records, not their values.' },
  { name: 'base-path', value: '/PATH', about: 'Serve the page under this path, behind a proxy.' },
  { name: 'host', value: 'ADDRESS', about: 'Listen on this address in place of this machine alone.' },
  {
    name: 'allowed-host',
    value: 'NAME',
    repeatable: true,
    about: 'A name that browsers may use for this server, such as that of a proxy.',
  },
  { name: 'no-token', about: 'Let in whoever reaches the port; on this machine alone.' },
  ...registryOptions,
  ...connectionOptions,
])

export const webCommand = defineCommand({
  examples: [
    { command: 'kts web --open', about: 'The cluster in the browser.' },
    { command: 'kts web --profile prod --read-only', about: 'To look at only.' },
  ],
  options,
  check: ({ values }) => checkPage(pageValues(values)),
  stream: serve,
})

type WebValues = Values<typeof options>

const pageValues = (values: WebValues): PageValues => ({
  ...values,
  port: values.port ?? PAGE_PORT,
  portOption: '--port',
  needsToken: !values.noToken,
  offersProfiles: true,
})

async function serve(order: Located<WebValues>): Promise<void> {
  const { values, context, output, voice } = order
  const { signal } = context
  const page = await servePage(pageValues(values), order, voice.say)
  const { url } = page
  await show({ data: { url }, text: () => `kts web ready at ${url}\n` }, output, context.stdout)
  if (values.host !== undefined)
    voice.say(`whoever reaches ${values.host}:${page.port} and has the link can use the cluster as you can`)
  if (values.open) openBrowser(url, voice.say)
  await aborted(signal)
  await page.close()
}
