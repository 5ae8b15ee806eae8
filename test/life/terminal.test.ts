import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { runTool, temporaryFolder } from '../support/kts.ts'
import { LifeBroker } from './support/broker.ts'
import { KEYS, Screen } from './support/screen.ts'

let broker: LifeBroker
beforeAll(async () => {
  broker = await LifeBroker.start()
  const lines = Array.from({ length: 20_000 }, (_, line) => `checkout ${line} ${'x'.repeat(80)}\n`).join('')
  await runTool('kts', ['produce', '--topic', 'big', '-b', broker.bootstrap], { input: lines })
})
afterAll(() => broker.close())

/** A screen of a test's own; `use` types and looks. */
async function atScreen(use: (screen: Screen) => Promise<void>): Promise<void> {
  const screen = new Screen({ env: { KTS_BOOTSTRAP_SERVERS: broker.bootstrap } })
  try {
    await use(screen)
  } finally {
    await screen.close()
  }
}

/** Whether the shell shows what is typed, and reads it line by line. */
async function expectSound(screen: Screen): Promise<void> {
  screen.enter('stty -a | tr " ;" "\\n\\n" | grep -xE -- "-?(echo|icanon|isig|opost)" | paste -sd, ; echo sound=$?')
  expect((await screen.until(/sound=\d/)).replaceAll(/^.*stty.*$/gm, '')).toMatch(
    /^isig,icanon,echo$|^opost,isig,icanon,echo$/m,
  )
}

test('a pager that quits leaves a shell that echoes, and kts ends with 0', () =>
  atScreen(async (screen) => {
    screen.enter('kts consume -t big --from-beginning | less -S; echo "ended ${PIPESTATUS[0]}"')
    await screen.until(/checkout 5 [^]*:/)
    screen.type('q')
    await screen.until(/ended 0/)
    await expectSound(screen)
  }))

test('a program in front of it that had the terminal for itself leaves it whole, too', () =>
  atScreen(async (screen) => {
    // As sudo and fzf: no echo while kts starts, and back to what it was before they end.
    screen.enter(
      'stty -echo -icanon; (sleep 1.5; stty echo icanon </dev/tty; echo line) | kts produce -t few; echo ended $?',
    )
    await screen.until(/ended 0/)
    await expectSound(screen)
  }))

test('no progress comes between the lines of a filter', () =>
  atScreen(async (screen) => {
    screen.enter(
      'timeout 2 kts consume -t big --from-beginning | grep --line-buffered 999; echo "ended ${PIPESTATUS[0]}"',
    )
    await screen.until(/ended 124/)
    expect(screen.raw).toMatch(/checkout 19999/)
    expect(screen.raw).not.toMatch(/consumed/)
  }))

test('progress is shown where the records go to a file', () =>
  atScreen(async (screen) => {
    screen.enter('kts consume -t big --from-beginning > out & sleep 2; kill %1; wait %1; echo ended $?')
    await screen.until(/ended 143/)
    expect(screen.raw).toMatch(/20,000 records consumed/)
  }))

test('Ctrl-C, and Ctrl-Z with fg after it, leave a terminal that works', () =>
  atScreen(async (screen) => {
    screen.enter('kts consume -t big --partition 0 --offset 19990')
    await screen.until(/checkout 19999/)
    screen.type(KEYS.ctrlZ)
    await screen.until(/Stopped/)
    screen.enter('fg')
    await screen.until(/fg\n.*kts consume/)
    await runTool('kts', ['produce', '--topic', 'big', '-b', broker.bootstrap], { input: 'after the stop\n' })
    await screen.until(/after the stop/)
    screen.type(KEYS.ctrlC)
    await screen.until(/Processed a total of/)
    await expectSound(screen)
  }))

test('a second signal ends a command whose terminal has been stopped', () =>
  atScreen(async (screen) => {
    const folder = temporaryFolder()
    try {
      const file = join(folder.path, 'pid')
      screen.enter(`sh -c 'echo $$ > ${file}; exec kts logs generate'; echo ended $?`)
      await screen.until(/GET/)
      const pid = Number(readFileSync(file, 'utf8'))
      screen.type('\u0013')
      process.kill(pid, 'SIGINT')
      process.kill(pid, 'SIGTERM')
      await expect.poll(() => isGone(pid), { timeout: 10_000 }).toBe(true)
      screen.type('\u0011')
      await screen.until(/ended (130|143)/)
      await expectSound(screen)
    } finally {
      folder.remove()
    }
  }))

function isGone(pid: number): boolean {
  try {
    return !process.kill(pid, 0)
  } catch {
    return true
  }
}

test('what others have put into names and records is shown, not obeyed', () =>
  atScreen(async (screen) => {
    const title = '\u001b]0;owned\u0007\u001b[2J\u202e\u009b2J'
    const { bootstrap } = broker
    await runTool('kts', ['produce', '--topic', 'evil', '-b', bootstrap], { input: `value ${title}\ttab\n` })
    await runTool('kts', [
      'consume',
      '--topic',
      'evil',
      '--group',
      `evil${title}`,
      '--from-beginning',
      '--timeout-ms',
      '3000',
      '-b',
      bootstrap,
      '--command-property',
      `client.id=me${title}`,
    ])
    for (const [number, args] of [
      'groups --list',
      'groups --describe --all-groups',
      'groups list',
      'groups --describe --all-groups --json',
      'groups --describe --all-groups --output text',
      'consume -t evil --to-end',
      'consume -t evil --to-end --json',
      'consume -t evil --last 1',
      "topics --describe -t $(printf 'a\\033[2J')",
      "groups --describe -g $(printf 'b\\033]0;x\\a')",
    ].entries()) {
      screen.enter(`kts ${args}; echo "ended ${number}"`)
      await screen.until(new RegExp(`^ended ${number}$`, 'm'))
    }
    expect(screen.raw).toMatch(/evil\\x1b\]0;owned\\x07\\x1b\[2J\\u202e\\u009b2J/)
    expect(screen.raw).toMatch(/value \\x1b\]0;owned.*\ttab/)
    expect(screen.raw).not.toMatch(/\u001b\]0;|\u202e|\u009b/)
    screen.enter('kts consume -t evil --to-end --raw; echo over')
    await screen.until(/^over$/m)
    expect(screen.raw).toContain('value \u001b]0;owned\u0007')
  }))

test('a broker in the foreground says how to stop it, and that it has stopped', () =>
  atScreen(async (screen) => {
    screen.enter('clear; kts broker start --port 0 --in-memory')
    await screen.until(/^Kafka broker 1 ready at \S+, in memory\nCtrl-C stops it$/m)
    screen.type(KEYS.ctrlC)
    await screen.until(/^\^C\nstopped\n\$$/m)
  }))
