// Every page and dialog, light and dark, wide and narrow: what axe finds, what does not fit, and a picture of each.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { at, openPage } from './stage.mjs'

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

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
  'schemas',
  'schemas/retail-value?version=2&with=1',
]

/** Dialogs, by the button that opens each. */
const DIALOGS = [
  ['topics', 'New topic'],
  ['topics/retail', 'New record'],
  ['topics/retail', 'Upload NDJSON'],
  ['topics/retail', 'Delete'],
  ['topics/retail?record=0:0', 'Produce again'],
  ['topics/retail/partitions', 'Add partitions'],
  ['groups/shop', 'Reset offsets'],
  ['schemas/retail-value', 'New version'],
]
const WIDTHS = [1280, 400]

/** Rejects with every complaint there is. */
export async function look(browser, url, scheme, shots) {
  const page = await openPage(browser, url, { colorScheme: scheme, viewport: { width: WIDTHS[0], height: 800 } })
  const complaints = []
  page.on('pageerror', (error) => complaints.push(error.message))
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()))
  const judge = async (name) => {
    await page.screenshot({ path: join(shots, `${scheme}-${name.replaceAll(/\W+/g, '-')}.png`) })
    const { violations } = await page.evaluate(`${axe}; axe.run()`)
    complaints.push(...violations.map(({ id, nodes }) => `${name}: ${id}: ${nodes[0]?.html}`))
    const overflow = await page.evaluate(() =>
      Math.max(
        document.documentElement.scrollWidth - innerWidth,
        ...[...document.querySelectorAll('dialog')].map(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth),
      ),
    )
    if (overflow > 0) complaints.push(`${name} is ${overflow} px too wide`)
  }
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: 800 })
    for (const path of PAGES) {
      await show(page, at(url, path))
      await judge(`${width} ${path || 'cluster'}`)
    }
    for (const [path, button] of DIALOGS) {
      await show(page, at(url, path))
      await page.getByRole('button', { name: button, exact: true }).click()
      await page.getByRole('dialog').waitFor()
      await judge(`${width} ${path} ${button}`)
      await page.keyboard.press('Escape')
      await page.getByRole('dialog').waitFor({ state: 'detached' })
    }
    await page.keyboard.press('?')
    await page.getByRole('dialog', { name: 'Keys' }).waitFor()
    await judge(`${width} keys`)
  }
  await page.context().close()
  assert.deepEqual(complaints, [])
}

/** Until what the view asks for is there. */
async function show(page, url) {
  await page.goto(url)
  await page.locator('main h1').waitFor()
  await page.waitForFunction(
    () =>
      document.querySelector('main table, main .empty, main .note, main pre') &&
      !document.body.textContent.includes('Reading…') &&
      [...document.querySelectorAll('.detail')].every((detail) => detail.querySelector('pre')),
  )
}
