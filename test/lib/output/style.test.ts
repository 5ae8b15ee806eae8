import { afterEach, expect, test } from 'vitest'
import { shownText } from '../../../src/lib/output/shown.ts'
import { colorLevel, style, useColors } from '../../../src/lib/output/style.ts'

const terminal = { isTTY: true }
const pipe = {}

afterEach(() => useColors({ stdout: pipe, stderr: pipe, env: {} }, false))

test.each([
  ['a terminal has colours', terminal, { TERM: 'xterm' }, 1],
  ['a better one has more', terminal, { TERM: 'xterm-256color' }, 2],
  ['the best has all', terminal, { COLORTERM: 'truecolor' }, 3],
  ['a pipe has none', pipe, { TERM: 'xterm' }, 0],
  ['NO_COLOR', terminal, { NO_COLOR: '1' }, 0],
  ['NO_COLOR counts only when it is not empty', terminal, { NO_COLOR: '', TERM: 'xterm' }, 1],
  ['TERM=dumb', terminal, { TERM: 'dumb' }, 0],
  ['FORCE_COLOR, in a pipe and against NO_COLOR', pipe, { FORCE_COLOR: '1', NO_COLOR: '1' }, 1],
  ['FORCE_COLOR=3', pipe, { FORCE_COLOR: '3' }, 3],
  ['FORCE_COLOR=0', terminal, { FORCE_COLOR: '0' }, 0],
] as const)('%s', (_about, stream, env, level) => {
  expect(colorLevel(stream, env)).toBe(level)
})

test('each stream is looked at by itself, and --no-color wins', async () => {
  await useColors({ stdout: pipe, stderr: terminal, env: { TERM: 'xterm' } }, true)
  expect(style.stdout.red('a')).toBe('a')
  expect(shownText(style.stderr.red('a'))).toBe('\u001b[31ma\u001b[39m')
  await useColors({ stdout: pipe, stderr: terminal, env: { FORCE_COLOR: '1' } }, false)
  expect(style.stderr.red('a')).toBe('a')
})
