import { afterAll, beforeAll, expect, test } from 'vitest'
import { runTool } from '../support/kts.ts'
import { LifeBroker } from './support/broker.ts'
import { KEYS, Screen, type ScreenOptions } from './support/screen.ts'

const PASTE = { begin: '\u001b[200~', end: '\u001b[201~' }

let broker: LifeBroker
let topics = 0
beforeAll(async () => {
  broker = await LifeBroker.start()
})
afterAll(() => broker.close())

/** A screen where `kts produce` has a topic of its own and waits for the first line. */
async function typing(
  use: (screen: Screen, topic: string) => Promise<void>,
  { args = '', ...options }: ScreenOptions & { readonly args?: string } = {},
): Promise<void> {
  const topic = `typed-${(topics += 1)}`
  await runTool('kts', ['topics', 'create', topic, '-b', broker.bootstrap])
  const screen = new Screen({ ...options, env: { KTS_BOOTSTRAP_SERVERS: broker.bootstrap } })
  try {
    screen.enter(`clear; kts produce ${topic} ${args}; echo ended $?`)
    await screen.until(/Ctrl-D ends\n>$/)
    await use(screen, topic)
  } finally {
    await screen.close()
  }
}

interface Document {
  readonly key: string | null
  readonly value: string
  readonly headers: unknown
}

async function documentsOf(topic: string, { bootstrap } = broker): Promise<Document[]> {
  const args = ['consume', '-t', topic, '--to-end', '-b', bootstrap, '--json']
  const { stdout } = await runTool('kts', args)
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Document)
}

const valuesOf = async (topic: string): Promise<string[]> => (await documentsOf(topic)).map(({ value }) => value)

/** What is shown, without what differs from run to run. */
const shownBy = (screen: Screen): string =>
  screen.text
    .replace(/typed-\d+/g, 'TOPIC')
    .replace(/, [\d.]+ s\)/, ', N s)')
    .replace(/\n\$$/, '')

test('arrow keys, backspace and history edit lines, and none of it gets into the topic', () =>
  typing(async (screen, topic) => {
    screen.type(`helo${KEYS.left}l`)
    await screen.until(/^> hello$/m)
    screen.type(`${KEYS.right}x${KEYS.backspace}${KEYS.enter}`)
    await screen.until(/^> hello\n>$/m)
    screen.type(`second${KEYS.enter}`)
    screen.type(`${KEYS.up}${KEYS.up}`)
    await screen.until(/^> second\n> hello$/m)
    screen.type(`${KEYS.down}!\u001b[15~${KEYS.enter}`)
    await screen.until(/^> second!\n>$/m)
    screen.type(KEYS.ctrlD)
    await screen.until(/ended 0/)
    expect(shownBy(screen)).toBe(
      [
        'lines to TOPIC; Ctrl-D ends',
        '> hello',
        '> second',
        '> second!',
        '> ',
        '3 lines sent to TOPIC (18 B, N s)',
        'ended 0',
      ].join('\n'),
    )
    expect(await valuesOf(topic)).toEqual(['hello', 'second', 'second!'])
  }))

test('a paste of three lines is three records, without a prompt in between; what follows waits for Enter', () =>
  typing(async (screen, topic) => {
    screen.type(`${PASTE.begin}one\rtwo\ttabbed\rthree\rfo${PASTE.end}`)
    await screen.until(/^> fo$/m)
    screen.type(`ur${KEYS.enter}${KEYS.ctrlD}`)
    await screen.until(/ended 0/)
    expect(shownBy(screen)).toBe(
      [
        'lines to TOPIC; Ctrl-D ends',
        '> one',
        'two     tabbed',
        'three',
        '> four',
        '> ',
        '4 lines sent to TOPIC (22 B, N s)',
        'ended 0',
      ].join('\n'),
    )
    expect(await valuesOf(topic)).toEqual(['one', 'two\ttabbed', 'three', 'four'])
  }))

test('a paste goes to where the cursor is', () =>
  typing(async (screen, topic) => {
    screen.type(`ad${KEYS.left}${PASTE.begin}bc${PASTE.end}`)
    await screen.until(/^> abcd$/m)
    screen.type(`${KEYS.enter}${KEYS.ctrlD}`)
    await screen.until(/ended 0/)
    expect(await valuesOf(topic)).toEqual(['abcd'])
  }))

test('a line longer than the screen is edited over its rows', () =>
  typing(
    async (screen, topic) => {
      screen.type(`${'x'.repeat(100)}${KEYS.left.repeat(100)}<${KEYS.enter}${KEYS.ctrlD}`)
      await screen.until(/ended 0/)
      expect(screen.text).toContain(`> <${'x'.repeat(37)}\n${'x'.repeat(40)}\n${'x'.repeat(23)}\n> \n1 line sent`)
      expect(await valuesOf(topic)).toEqual([`<${'x'.repeat(100)}`])
    },
    { columns: 40 },
  ))

test('Ctrl-D in a line deletes, and at its end does nothing', () =>
  typing(async (screen, topic) => {
    screen.type(`ab${KEYS.ctrlD}${KEYS.left}${KEYS.ctrlD}`)
    await screen.until(/^> a$/m)
    screen.type(`${KEYS.enter}${KEYS.ctrlD}`)
    await screen.until(/1 line sent .*\nended 0/)
    expect(await valuesOf(topic)).toEqual(['a'])
  }))

test('Ctrl-C sends what was entered, without the line that is being typed, and leaves a sound terminal', () =>
  typing(async (screen, topic) => {
    screen.type(`sent${KEYS.enter}not this`)
    await expect.poll(() => valuesOf(topic)).toEqual(['sent'])
    await screen.until(/^> not this$/m)
    screen.type(KEYS.ctrlC)
    await screen.until(/^> not this\^C\n1 line sent to \S+ \(.*\)$/m)
    screen.enter('stty -a | tr " ;" "\\n\\n" | grep -xE -- "-?(echo|icanon|isig)" | sort | paste -sd,')
    await screen.until(/^echo,icanon,isig$/m)
    expect(screen.raw).toMatch(/not this\^C[^]*?\u001b\[\?2004l/)
  }))

test('Ctrl-Z and fg go on with the line', () =>
  typing(async (screen, topic) => {
    screen.type('begun')
    await screen.until(/^> begun$/m)
    screen.type(KEYS.ctrlZ)
    await screen.until(/Stopped/)
    screen.enter('fg')
    await screen.until(/Stopped[^]*^> begun$/m)
    screen.type(` and done${KEYS.enter}${KEYS.ctrlD}`)
    await screen.until(/1 line sent/)
    expect(await valuesOf(topic)).toEqual(['begun and done'])
  }))

test('keys and headers by option hold for lines that are typed', () =>
  typing(
    async (screen, topic) => {
      screen.type(`shipped${KEYS.enter}${KEYS.ctrlD}`)
      await screen.until(/ended 0/)
      const headers = [{ key: 'source', value: 'web' }]
      expect(await documentsOf(topic)).toMatchObject([{ key: '17', value: 'shipped', headers }])
    },
    { args: '-k 17 -H source=web' },
  ))

test('Apache’s name asks as Apache’s tool does', async () => {
  const screen = new Screen()
  try {
    await runTool('kts', ['topics', 'create', 'plain', '-b', broker.bootstrap])
    screen.enter(`clear; kafka-console-producer --bootstrap-server ${broker.bootstrap} --topic plain; echo ended $?`)
    await screen.until(/^>$/)
    screen.type(`a${KEYS.enter}`)
    await screen.until(/^>a\n>$/)
    screen.type(KEYS.ctrlD)
    await screen.until(/^>a\n>ended 0/)
    expect(await valuesOf('plain')).toEqual(['a'])
  } finally {
    await screen.close()
  }
})

test('what is said of a lost broker stands above the line that is typed; the second Ctrl-C names what is lost', async () => {
  const lost = await LifeBroker.start()
  const screen = new Screen({ columns: 160, env: { KTS_BOOTSTRAP_SERVERS: lost.bootstrap } })
  try {
    screen.enter('clear; kts produce away; echo ended $?')
    await screen.until(/Ctrl-D ends\n>$/)
    screen.type(`one${KEYS.enter}`)
    await expect.poll(() => documentsOf('away', lost)).toHaveLength(1)
    await lost.end()
    screen.type(`two${KEYS.enter}half a li`)
    await screen.until(/^> two\n[^]*; trying again, 1 line waits\n> half a li$/m)
    screen.type(`ne${KEYS.enter}`)
    await screen.until(/^> half a line\n>$/m)
    screen.type(KEYS.ctrlC)
    await screen.until(/waiting for 2 lines [^]*Ctrl-C again gives up at once/)
    screen.type(KEYS.ctrlC)
    await screen.until(/lines 2 to 3 were not sent: REQUEST_TIMED_OUT: interrupted by a second signal/)
  } finally {
    await screen.close()
    await lost.close()
  }
})
