// Schemas in the browser: registered, refused, compared, and records decoded by them.
import assert from 'node:assert/strict'
import { protocol } from '../support/protocol.mjs'
import { produce, Wire } from '../support/wire.mjs'
import { at, openPage } from './stage.mjs'

const FIRST = '{"type":"record","name":"Sale","fields":[{"name":"id","type":"long"}]}'
const SECOND = FIRST.replace('}]', '},{"name":"shop","type":"string","default":"web"}]')
const UNFIT = FIRST.replace('}]', '},{"name":"till","type":"string"}]')

export async function schemas(browser, url, server) {
  const page = await openPage(browser, url)
  await page.keyboard.press('4')
  await page.getByText('There are no schemas yet.').waitFor()
  await page.keyboard.press('n')
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Subject').fill('retail-value')
  await dialog.getByLabel('Schema', { exact: true }).fill(FIRST)
  await dialog.getByRole('button', { name: 'Register' }).click()
  await page.getByRole('heading', { name: 'retail-value' }).waitFor()
  await page.getByText('AVRO, id 1').waitFor()
  await page.keyboard.press('n')
  await dialog.getByLabel('Schema', { exact: true }).fill(UNFIT)
  await dialog.getByRole('button', { name: 'Check' }).click()
  await dialog.getByText('It is not compatible:').waitFor()
  await dialog.getByLabel('Schema', { exact: true }).fill(SECOND)
  await dialog.getByRole('button', { name: 'Register' }).click()
  await page.locator('.added', { hasText: '"shop"' }).waitFor()
  await decoded(page, url, server)
  await page.context().close()
}

/** Id 1, and the largest long there is, in zigzag. */
const RECORD = Buffer.from([0, 0, 0, 0, 1, 0xfe, ...Array(8).fill(0xff), 1])

async function decoded(page, url, server) {
  const wire = await Wire.open(Number(server.replace(/.*:/, '')))
  const records = protocol.buildBatch([{ timestamp: BigInt(Date.now()), key: null, value: RECORD }])
  const offset = await produce(wire, { topic: 'retail', partition: 1, records })
  wire.close()
  await page.goto(at(url, `topics/retail?record=1:${offset}`))
  const detail = page.getByRole('complementary', { name: 'Record' })
  await detail.getByText('"id": 9223372036854775807').waitFor()
  await detail.getByText('by schema 1').waitFor()
  await detail.getByRole('button', { name: 'Hex' }).click()
  assert.match(await detail.locator('pre').last().textContent(), /^000000 {2}00 00 00 00 01 fe ff/)
  await page.locator('tbody td.long', { hasText: '{"id":9223372036854775807}' }).waitFor()
}
