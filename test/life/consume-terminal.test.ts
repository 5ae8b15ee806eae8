import { afterAll, beforeAll, expect, test } from 'vitest'
import { runTool } from '../support/kts.ts'
import { LifeBroker } from './support/broker.ts'
import { KEYS, Screen } from './support/screen.ts'

let broker: LifeBroker
beforeAll(async () => {
  broker = await LifeBroker.start({ settings: { 'num.partitions': '2' } })
})
afterAll(() => broker.close())

const produce = (topic: string, input: string): Promise<unknown> =>
  runTool('kts', ['produce', '--topic', topic, '-b', broker.bootstrap], { input })

/** Screens of a test's own; `use` types and looks. */
async function atScreens(count: number, use: (...screens: Screen[]) => Promise<void>, columns = 120): Promise<void> {
  const env = { KTS_BOOTSTRAP_SERVERS: broker.bootstrap }
  const screens = Array.from({ length: count }, () => new Screen({ columns, env }))
  try {
    await use(...screens)
  } finally {
    await Promise.all(screens.map((screen) => screen.close()))
  }
}

/** What stands below the last command line, which the shell has shown again. */
const belowCommand = (text: string): string[] => {
  const lines = text.split('\n')
  return lines.slice(lines.findLastIndex((line) => line.startsWith('$ kts')) + 1)
}

test('who begins at the end is told so, sees what comes, and ends it with Ctrl-C', async () => {
  await produce('shop', Array.from({ length: 1752 }, (_, line) => `${line}\n`).join(''))
  await atScreens(1, async (screen) => {
    screen.enter('kts consume shop; echo "ended $?"')
    await screen.until(/Ctrl-C ends/)
    await produce('shop', 'news\n')
    await screen.until(/^news$/m)
    screen.type(KEYS.ctrlC)
    expect(belowCommand(await screen.until(/^ended \d+\n\$$/m))).toEqual([
      'kts consume: at the end of 2 partitions, 1,752 older records (--from-beginning, --last 10); Ctrl-C ends',
      'news',
      '^CProcessed a total of 1 messages',
      'ended 130',
      '$',
    ])
  })
})

test('where the screen is narrow it is told so in two lines', async () => {
  await produce('narrow', 'one\ntwo\n')
  await atScreens(
    1,
    async (screen) => {
      screen.enter('kts consume narrow')
      await screen.until(/at the end of 2 partitions, 2 older records\nkts consume: --from-beginning.*Ctrl-C ends$/)
      expect(screen.wrapped).toEqual([])
    },
    80,
  )
})

test("nothing is said where stderr is no terminal, where reading begins elsewhere, or under Apache's name", async () => {
  await produce('quiet', 'one\ntwo\n')
  await atScreens(1, async (screen) => {
    const bootstrap = `--bootstrap-server ${broker.bootstrap}`
    for (const [number, line] of [
      'kts consume quiet -o -5 --timeout-ms 1500',
      'kts consume quiet -n 2 --from-beginning',
      `kafka-console-consumer ${bootstrap} --topic quiet --timeout-ms 1500`,
      `kafka-console-consumer ${bootstrap} --topic quiet --group apache --timeout-ms 3500`,
      'kts consume quiet --timeout-ms 1500 2>said; cat said',
      'kts consume quiet -g piped --timeout-ms 3500 2>said; cat said',
    ].entries()) {
      screen.enter(`${line}; echo "ended ${number}"`)
      await screen.until(new RegExp(`^ended ${number}$`, 'm'))
    }
    expect(screen.raw).toContain('Processed a total of 2 messages')
    expect(screen.raw).not.toMatch(/older|assigned|idle|revoked/)
  })
})

test('three members share two partitions before the eyes of who typed them', async () => {
  await produce('retail', 'a\n')
  await atScreens(3, async (first, second, third) => {
    first!.enter('kts consume retail -g shop; echo "ended $?"')
    await first!.until(/^kts consume: assigned retail-0,1$/m)
    second!.enter('kts consume retail -g shop; echo "ended $?"')
    await second!.until(/^kts consume: assigned retail-[01]$/m)
    await first!.until(/^kts consume: revoked retail-0,1\nkts consume: assigned retail-[01]$/m)
    third!.enter('kts consume retail -g shop; echo "ended $?"')
    const screens = [first!, second!, third!]
    const last = (screen: Screen): string => screen.text.split('\n').at(-1)!
    await expect
      .poll(() => screens.map(last).sort(), { timeout: 20_000 })
      .toEqual([
        'kts consume: assigned retail-0',
        'kts consume: assigned retail-1',
        'kts consume: idle: 2 partitions, 3 members',
      ])
    // Whoever leaves makes room at once.
    const leaver = screens.find((screen) => last(screen).endsWith('retail-0'))!
    const idler = screens.find((screen) => last(screen).includes('idle'))!
    leaver.type(KEYS.ctrlC)
    await leaver.until(/\^CProcessed a total of 0 messages\nended 130/)
    await idler.until(/idle: 2 partitions, 3 members\n(.*\n)*kts consume: assigned retail-[01]$/m)
    for (const screen of screens.filter((other) => other !== leaver)) {
      screen.type(KEYS.ctrlC)
      await screen.until(/^ended 130$/m)
    }
  })
})

test('times, keys and values are shown as asked, indented where they stand alone', async () => {
  await runTool('kts', ['produce', '--topic', 'docs', '-b', broker.bootstrap], {
    input: '{"id":9007199254740993,"a":[1]}\n',
  })
  await atScreens(1, async (screen) => {
    screen.enter('kts consume docs --last 1 --value json 2>/dev/null; echo ended one')
    expect(belowCommand(await screen.until(/^ended one$/m)).slice(0, 6)).toEqual([
      '{',
      '  "id": 9007199254740993,',
      '  "a": [',
      '    1',
      '  ]',
      '}',
    ])
    screen.enter(`kts consume docs --last 1 -f '%t: %s\\n' 2>/dev/null; echo ended two`)
    expect(await screen.until(/^ended two$/m)).toContain('docs: {"id":9007199254740993,"a":[1]}\n')
  })
})
