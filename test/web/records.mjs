// Records in the browser: shown as they are, large ones, many tabs at once, and clusters that are chosen.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { at, openPage } from './stage.mjs'

/** What JavaScript, HTML and terminals would change; \u2028 for what stands for it in NDJSON. */
const ODD_TEXTS = [
  '{"n":9223372036854775807,"m":-9223372036854775808}',
  '{"x":1e400,"z":-0,"d":0.1000000000000000055511151231257827}',
  '{"a":1,"a":2}',
  '"\\ud800 alone"',
  'NUL [\u0000], right to left [\u202e], none of width [\u200b]',
  '</script><img src=x onerror="document.title=1">&amp;',
]

/** In the list and in full each text is what was written. */
export async function exactness(browser, stage, url, server) {
  const lines = ODD_TEXTS.map((value) => `${JSON.stringify({ value })}\n`)
  await stage.run(['topics', 'create', 'odd', '-b', server, '-p', '1'])
  await stage.run(['produce', 'odd', '-b', server, '--json'], lines.join(''))
  const page = await openPage(browser, url)
  for (const [offset, text] of ODD_TEXTS.entries()) {
    await page.goto(at(url, `topics/odd?from=oldest&record=0:${offset}`))
    const detail = page.getByRole('complementary', { name: 'Record' })
    await detail.locator('pre').first().waitFor()
    const asWritten = detail.getByRole('button', { name: 'As written' })
    if (await asWritten.isVisible()) await asWritten.click()
    assert.equal(await detail.locator('pre').last().textContent(), visible(text))
  }
  const cells = await page.locator('tbody td.long').allTextContents()
  assert.deepEqual(cells, ODD_TEXTS.map(visible))
  assert.ok(!(await page.title()).startsWith('1'))
  await page.context().close()
}

/** Characters that cannot be seen, or that turn others around, are shown by signs. */
const visible = (text) => text.replaceAll('\u0000', '␀').replaceAll('\u202e', '\\u202e').replaceAll('\u200b', '\\u200b')

export async function largeRecord(browser, stage, url, server) {
  await stage.run(['topics', 'create', 'large', '-b', server, '--config', 'max.message.bytes=30000000'])
  await stage.run(['produce', 'large', '-b', server, '-X', 'max.request.size=30000000'], `${'x'.repeat(20_000_000)}\n`)
  const page = await openPage(browser, url, { acceptDownloads: true })
  const started = performance.now()
  await page.goto(at(url, 'topics/large?record=0:0'))
  await page.getByText('the first part is shown').waitFor()
  const shownMs = performance.now() - started
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: 'Save' }).click(),
  ])
  assert.ok(readFileSync(await download.path()).equals(Buffer.alloc(20_000_000, 'x')))
  await page.context().close()
  return shownMs
}

/** What a browser tells a tab that nobody looks at; a headless one leaves it out. */
const show = (page, isShown) =>
  page.evaluate((hidden) => {
    Object.defineProperty(document, 'hidden', { configurable: true, value: hidden })
    document.dispatchEvent(new Event('visibilitychange'))
  }, !isShown)

/** A browser has six connections for a server: tabs that nobody looks at let theirs go, and take up where they were. */
export async function manyTabs(browser, stage, url, server) {
  const { context, pages } = await openTabs(browser, url)
  await stage.run(['produce', 'retail', '--value-schema', 'none', '-b', server], 'to every tab\n')
  await pages.at(-1).getByText('to every tab').waitFor()
  await show(pages.at(-1), false)
  for (const page of pages.slice(0, -1)) {
    await show(page, true)
    await page.getByText('to every tab').waitFor()
    await show(page, false)
  }
  await context.close()
}

async function openTabs(browser, url) {
  const context = (await openPage(browser, url)).context()
  const pages = []
  for (let count = 0; count < 8; count += 1) {
    const page = await context.newPage()
    await page.goto(at(url, 'topics/retail?from=live'))
    await page.getByText('Live: records are shown').waitFor()
    pages.push(page)
    if (count < 7) await show(page, false)
  }
  return { context, pages }
}

/** The live view says that the cluster is away, and goes on by itself when it is back. */
export async function outage(browser, stage) {
  const place = ['--data-dir', `${stage.folder}/data`]
  const { found: server, child } = await stage.startBroker([...place, '--topic', 'kept'])
  const { found: url, child: web } = await stage.startPage(server)
  const page = await openPage(browser, url)
  await page.goto(at(url, 'topics/kept?from=live'))
  const said = page.getByRole('status')
  await said.getByText('Live: records are shown').waitFor()
  await stage.stop(child)
  await said.getByText('trying again').waitFor()
  await stage.start(['broker', 'start', '--port', server.replace(/.*:/, ''), ...place], /ready at /)
  await said.getByText('Live: records are shown').waitFor()
  await stage.run(['produce', 'kept', '-b', server], 'after the outage\n')
  await page.getByText('after the outage').waitFor()
  await page.context().close()
  await stage.stop(web)
}

/** Among profiles one chooses, and the views keep to the choice. */
export async function profiles(browser, stage, server) {
  const { found: other } = await stage.startBroker(['--in-memory', '--topic', 'of-the-other'])
  await stage.run(['profile', 'add', 'here', '-b', server])
  await stage.run(['profile', 'add', 'there', '-b', other])
  const { found: url, child } = await stage.startPage(server)
  const page = await openPage(browser, url)
  await page.getByLabel('Cluster', { exact: true }).selectOption('there')
  await page.waitForURL(/profile=there/)
  await page.getByRole('link', { name: 'Topics', exact: true }).click()
  await page.getByRole('link', { name: 'of-the-other' }).waitFor()
  assert.match(page.url(), /profile=there/)
  assert.match(await page.locator('.command code').textContent(), /--profile there$/)
  await page.context().close()
  await stage.stop(child)
}
