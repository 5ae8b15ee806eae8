// The tutorial of Control Center, by keyboard: from an empty cluster to a group that is reset, and back.
import assert from 'node:assert/strict'
import { openPage } from './stage.mjs'

export async function tutorial(browser, stage, url, server) {
  const page = await openPage(browser, url)
  assert.equal(new URL(page.url()).hash, '', 'the token has left the address')
  await createTopic(page)
  await watchRecords(page, stage, server)
  await followGroup(page, stage, server)
  await page.context().close()
}

async function createTopic(page) {
  await page.keyboard.press('2')
  await page.getByRole('heading', { name: 'Topics' }).waitFor()
  await page.keyboard.press('n')
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Name').waitFor()
  await page.keyboard.type('retail')
  await page.keyboard.press('Tab')
  await page.keyboard.press('ControlOrMeta+A')
  await page.keyboard.type('2')
  await dialog.getByText('--partitions=2').waitFor()
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'retail' }).waitFor()
  await page.getByText('2 partitions').waitFor()
  await page.getByText('There are no records here.').waitFor()
}

/** A client that is none of ours starts to write while the page looks on. */
async function watchRecords(page, stage, server) {
  await page.keyboard.press('l')
  await page.getByText('Live: records are shown').waitFor()
  const number = '9223372036854775807'
  await stage.run(['produce', 'retail', '-b', server, '--json'], `{"partition":0,"value":"{\\"n\\":${number}}"}\n`)
  await page.getByRole('cell', { name: number }).waitFor()
  await page.keyboard.press('j')
  await page.getByRole('complementary', { name: 'Record' }).getByText(`"n": ${number}`).waitFor()
  await stage.run(['produce', 'retail', '-b', server, '--json'], '{"partition":0,"value":"next"}\n'.repeat(99))
  await page.getByRole('cell', { name: 'next' }).first().waitFor()
}

/** Lag that falls while the group reads, a reset by its plan, and its undoing. */
async function followGroup(page, stage, server) {
  const read = (count) =>
    stage.run(['consume', 'retail', '-b', server, '--group', 'shop', '--from-beginning', '--count', count])
  const lag = (text) => page.locator('[data-lag]', { hasText: new RegExp(`^${text}$`) }).waitFor()
  await read('40')
  await page.keyboard.press('3')
  await page.getByRole('link', { name: 'shop' }).focus()
  await page.keyboard.press('Enter')
  await lag('60')
  await read('60')
  await lag('0')
  const press = async (name) => {
    await page.getByRole('button', { name }).focus()
    await page.keyboard.press('Enter')
  }
  await press('Reset offsets')
  await press('Show the plan')
  await press(/^Move /)
  await lag('100')
  await press('Undo')
  await lag('0')
}
