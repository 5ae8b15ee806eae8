import { afterAll, expect, test } from 'vitest'
import { Screen } from './support/screen.ts'

const screen = new Screen()
afterAll(() => screen.close())

test('a terminal shows the version', async () => {
  screen.enter('kts --version; echo code $?')
  expect(await screen.until(/code \d/)).toMatch(/kts 0\.1\.0.*\n(?:.*\n)*code 0/)
})
