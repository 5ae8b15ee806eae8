import { PassThrough } from 'node:stream'
import { afterEach, describe, expect, test } from 'vitest'
import { say } from '../../../src/lib/output/say.ts'
import { bare, shown, shownName, shownText } from '../../../src/lib/output/shown.ts'
import { style, useColors } from '../../../src/lib/output/style.ts'
import { renderTable } from '../../../src/lib/output/table.ts'

afterEach(() => useColors({ stdout: {}, stderr: {}, env: {} }, false))

const TITLE = '\u001b]0;owned\u0007'

describe('control characters', () => {
  test.each([
    ['an escape sequence', TITLE, '\\x1b]0;owned\\x07'],
    ['C0, DEL and a carriage return', '\u0000\b\u007f\r', '\\x00\\x08\\u007f\\r'],
    ['C1, which UTF-8 terminals take for CSI and OSC', '\u009b2J\u009d', '\\u009b2J\\u009d'],
    ['what turns text round', 'a\u202egpj.exe\u2066', 'a\\u202egpj.exe\\u2066'],
    ['nothing else', 'Zoë 東京 🦊 é', 'Zoë 東京 🦊 é'],
  ])('are shown: %s', (_about, text, seen) => {
    expect(shownText(text)).toBe(seen)
    expect(shownName(text)).toBe(seen)
  })

  test('tabs and line ends stay in text and are shown in names', () => {
    expect(shownText('a\tb\n')).toBe('a\tb\n')
    expect(shownName('a\tb\n')).toBe('a\\tb\\n')
  })

  test('of JSON are the same JSON', () => {
    const value = { name: '\u009b\u202e\u007f' }
    expect(JSON.parse(shownText(JSON.stringify(value)))).toEqual(value)
  })

  test('stay in their cell of a table', () => {
    expect(renderTable(['GROUP', 'STATE'], [['a\nb\tc\u001b[2J', 'Empty']])).toBe(
      'GROUP           STATE\na\\nb\\tc\\x1b[2J  Empty\n',
    )
  })
})

test('colours of kts are obeyed, those that a name brings along are shown, in tables too', async () => {
  await useColors({ stdout: { isTTY: true }, stderr: {}, env: { TERM: 'xterm' } }, true)
  expect(shownText(style.stdout.red('\u001b[8ma'))).toBe('\u001b[31m\\x1b[8ma\u001b[39m')
  const table = renderTable(['A'], [[style.stdout.red('growing')], ['\u001b[31mred']])
  expect(shownText(table)).toBe('\u001b[1mA\u001b[22m\n\u001b[31mgrowing\u001b[39m\n\\x1b[31mred\n')
})

describe('a stream that shows them', () => {
  const open = (controls: 'none' | 'text' | 'all') => {
    const stream = new PassThrough()
    return { stream, seen: shown(stream, { controls }), text: () => (stream.read() as Buffer | null)?.toString() ?? '' }
  }

  test('does so with text, and with bytes where it is asked to', () => {
    for (const [controls, expected] of [
      ['none', `${TITLE}${TITLE}`],
      ['text', `\\x1b]0;owned\\x07${TITLE}`],
      ['all', '\\x1b]0;owned\\x07\\x1b]0;owned\\x07'],
    ] as const) {
      const { seen, text } = open(controls)
      seen.write(TITLE)
      seen.write(Buffer.from(TITLE))
      expect(text()).toBe(expected)
    }
  })

  test('knows a character that two writes share', () => {
    const { seen, text } = open('all')
    const bytes = Buffer.from('é\u009b')
    for (const byte of bytes) seen.write(Buffer.of(byte))
    expect(text()).toBe('é\\u009b')
  })

  test('is the same stream in all else, and can be had bare', async () => {
    const { stream, seen } = open('all')
    expect(bare(seen)).toBe(stream)
    expect(bare(stream)).toBe(stream)
    const closed = new Promise((resolve) => seen.once('close', resolve))
    stream.destroy()
    await closed
    expect(seen.destroyed).toBe(true)
  })
})

test('what is said is one line, whatever is in it', async () => {
  const stderr = new PassThrough()
  await say({ stderr, program: 'kts groups' }, 'group a\nkts groups: all is well\u001b[2J')
  expect(String(stderr.read())).toBe('kts groups: group a\\nkts groups: all is well\\x1b[2J\n')
})
