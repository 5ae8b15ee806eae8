// npm run test:web [-- --shots DIR]: the page of kts web in a real browser, Debian's chromium or CHROMIUM=PATH: the
// tutorial from an empty cluster to a group that is reset, every page in light and dark at two widths, judged by axe.
import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import assert from 'node:assert/strict'
import { chromium } from 'playwright-core'
import { Tally } from '../support/tally.mjs'

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))))
const kts = join(root, 'bin', 'kts')
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const folder = mkdtempSync(join(tmpdir(), 'kts-web-'))
const { values: options } = parseArgs({ options: { shots: { type: 'string', default: join(folder, 'shots') } } })
const executablePath = [process.env.CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser'].find(
  (path) => path && existsSync(path),
)
const env = { ...process.env, XDG_STATE_HOME: join(folder, 'state'), XDG_CONFIG_HOME: join(folder, 'config') }
const tally = new Tally()
const children = []

/** Starts kts, and resolves with the part of its output that fits. */
function start(args, ready) {
  const child = spawn(process.execPath, [kts, ...args], { env, stdio: ['ignore', 'pipe', 'inherit'] })
  children.push(child)
  return new Promise((resolve, reject) => {
    let text = ''
    child.stdout.setEncoding('utf8').on('data', (chunk) => {
      text += chunk
      const found = ready.exec(text)
      if (found) resolve({ child, found: found[0] })
    })
    child.once('exit', (code) => reject(new Error(`kts ${args[0]} ended with ${code}`)))
  })
}

/** Runs kts to its end. */
function run(args, input = '') {
  const child = spawn(process.execPath, [kts, ...args], { env, stdio: ['pipe', 'ignore', 'inherit'] })
  child.stdin.end(input)
  return new Promise((resolve, reject) => {
    child.once('exit', (code) => (code === 0 ? resolve() : reject(new Error(`kts ${args[0]} ended with ${code}`))))
  })
}

async function tutorial(page, server) {
  await page.getByRole('link', { name: 'Topics', exact: true }).click()
  await page.keyboard.press('n')
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Name').fill('retail')
  await dialog.getByLabel('Partitions').fill('2')
  await dialog.getByRole('button', { name: 'Create', exact: true }).click()
  await page.getByRole('heading', { name: 'retail' }).waitFor()
  await page.getByText('There are no records here.').waitFor()
  await page.keyboard.press('l')
  await page.getByText('Live: records are shown').waitFor()
  await run(['produce', 'retail', '-b', server, '--json'], '{"partition":0,"value":"{\\"n\\":9223372036854775807}"}\n')
  await page.getByText('9223372036854775807').waitFor()
  await page.getByText('9223372036854775807').click()
  await page.getByRole('complementary', { name: 'Record' }).getByText('"n": 9223372036854775807').waitFor()
  await run(['consume', 'retail', '-b', server, '--group', 'shop', '--from-beginning', '--count', '1'])
  await page.keyboard.press('3')
  await page.getByRole('link', { name: 'shop' }).click()
  await page.locator('[data-lag]', { hasText: /^0$/ }).waitFor()
  await page.getByRole('button', { name: 'Reset offsets' }).click()
  await page.getByRole('button', { name: 'Show the plan' }).click()
  await page.getByRole('button', { name: /^Move / }).click()
  await page.locator('[data-lag]', { hasText: /^1$/ }).waitFor()
  await page.getByRole('button', { name: 'Undo' }).click()
  await page.locator('[data-lag]', { hasText: /^0$/ }).waitFor()
}

const PAGES = [
  '',
  'topics',
  'topics/retail',
  'topics/retail?record=0:0',
  'topics/retail/partitions',
  'topics/retail/settings',
  'topics/retail/readers',
  'groups',
  'groups/shop',
]

/** Violations that axe finds, and what does not fit a narrow window. */
async function look(browser, url, scheme) {
  const context = await browser.newContext({ colorScheme: scheme, viewport: { width: 1280, height: 800 } })
  const page = await context.newPage()
  const complaints = []
  page.on('pageerror', (error) => complaints.push(error.message))
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()))
  await page.goto(url)
  await page.getByRole('heading', { name: 'Cluster' }).waitFor()
  for (const path of PAGES) {
    for (const width of [1280, 400]) {
      await page.setViewportSize({ width, height: 800 })
      await page.goto(`${new URL(url).origin}/${path}`)
      await page.locator('main h1').waitFor()
      await page.waitForFunction(() => document.querySelector('table, .empty, .note'))
      const name = `${scheme}-${width}-${path.replaceAll(/\W/g, '-') || 'cluster'}.png`
      await page.screenshot({ path: join(options.shots, name) })
      const { violations } = await page.evaluate(`${axe}; axe.run()`)
      complaints.push(...violations.map(({ id, nodes }) => `${path} at ${width}: ${id}: ${nodes[0]?.html}`))
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
      if (overflow > 0) complaints.push(`${path} is ${overflow} px wider than ${width}`)
    }
  }
  await context.close()
  assert.deepEqual(complaints, [])
}

/** What a browser tells a tab that nobody looks at; a headless one leaves it out. */
const show = (page, isShown) =>
  page.evaluate((hidden) => {
    Object.defineProperty(document, 'hidden', { configurable: true, value: hidden })
    document.dispatchEvent(new Event('visibilitychange'))
  }, !isShown)

/** A browser has six connections for a server: tabs that nobody looks at let theirs go, and take up where they were. */
async function manyTabs(browser, url, server) {
  const context = await browser.newContext()
  context.setDefaultTimeout(15_000)
  const first = await context.newPage()
  await first.goto(url)
  await first.getByRole('heading', { name: 'Cluster' }).waitFor()
  const pages = []
  for (let count = 0; count < 8; count += 1) {
    const page = await context.newPage()
    const tailing = page.waitForResponse(/\/tail(\?|$)/)
    await page.goto(`${new URL(url).origin}/topics/retail?from=live`)
    await tailing
    pages.push(page)
    if (count < 7) await show(page, false)
  }
  await run(['produce', 'retail', '-b', server], 'to every tab\n')
  await pages.at(-1).getByText('to every tab').waitFor()
  await show(pages.at(-1), false)
  for (const page of pages.slice(0, -1)) {
    await show(page, true)
    await page.getByText('to every tab').waitFor()
    await show(page, false)
  }
  await context.close()
}

async function largeRecord(browser, url, server) {
  await run(['topics', 'create', 'large', '-b', server, '--config', 'max.message.bytes=30000000'])
  await run(['produce', 'large', '-b', server, '-X', 'max.request.size=30000000'], `${'x'.repeat(20_000_000)}\n`)
  const page = await (await browser.newContext({ acceptDownloads: true })).newPage()
  await page.goto(url)
  await page.getByRole('heading', { name: 'Cluster' }).waitFor()
  const started = Date.now()
  await page.goto(`${new URL(url).origin}/topics/large?record=0:0`)
  await page.getByText('the first part is shown').waitFor()
  console.log(`      a record of 20 MB in view after ${Date.now() - started} ms`)
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: 'Save' }).click(),
  ])
  assert.equal(readFileSync(await download.path()).length, 20_000_000)
  await page.context().close()
}

async function main() {
  mkdirSync(options.shots, { recursive: true })
  const { found: server } = await start(['broker', 'start', '--port', '0', '--in-memory'], /(?<=ready at )\S+(?=,)/)
  const { found: url } = await start(['web', '-b', server, '--port', '0'], /http:\S+/)
  const browser = await chromium.launch({
    executablePath,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  })
  try {
    await tally.check('the tutorial, by keyboard and mouse', async () => {
      const page = await (await browser.newContext()).newPage()
      page.setDefaultTimeout(15_000)
      await page.goto(url)
      await page.getByRole('heading', { name: 'Cluster' }).waitFor()
      assert.equal(new URL(page.url()).hash, '')
      await tutorial(page, server)
      await page.context().close()
    })
    for (const scheme of ['light', 'dark'])
      await tally.check(`every page, ${scheme}, wide and narrow: axe finds nothing`, () => look(browser, url, scheme))
    await tally.check('eight tabs that tail', () => manyTabs(browser, url, server))
    await tally.check('a record of 20 MB', () => largeRecord(browser, url, server))
  } finally {
    await browser.close()
  }
}

if (!executablePath) tally.skipped('the page in a browser', 'there is no chromium (apt-get install chromium)', 5)
else
  try {
    await main()
  } catch (error) {
    tally.failed('test:web', error.stack)
  } finally {
    for (const child of children) child.kill()
    if (!options.shots.startsWith(folder)) console.log(`screenshots: ${options.shots}`)
    rmSync(folder, { recursive: true, force: true })
  }
tally.end()
