import { spawn } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { commands } from '../../src/commands/index.ts'
import { BIN } from '../support/broker-process.ts'
import { runTool, temporaryFolder } from '../support/kts.ts'
import { NO_FOLDER } from '../support/context.ts'
import { LifeBroker } from './support/broker.ts'
import { canMount, smallDisk } from './support/small-disk.ts'

const folder = temporaryFolder()
let broker: LifeBroker
beforeAll(async () => {
  broker = await LifeBroker.start()
  const lines = Array.from({ length: 20_000 }, (_, line) => `line ${line}\n`).join('')
  await runTool('kts', ['produce', '--topic', 'many', '-b', broker.bootstrap], { input: lines })
  await runTool('kts', ['produce', '--topic', 'few', '-b', broker.bootstrap], { input: 'a\nb\nc\n' })
})
afterAll(async () => {
  await broker.close()
  folder.remove()
})

/** Runs a line of shell, in which kts and its drop-ins are known. */
function shell(
  line: string,
  env: Record<string, string> = {},
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const child = spawn('bash', ['-c', line], {
    cwd: folder.path,
    env: {
      ...process.env,
      PATH: `${BIN}:${process.env['PATH']}`,
      XDG_CONFIG_HOME: NO_FOLDER,
      XDG_STATE_HOME: folder.path,
      KTS_BOOTSTRAP_SERVERS: broker.bootstrap,
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const said = { stdout: '', stderr: '' }
  child.stdout.setEncoding('utf8').on('data', (text: string) => (said.stdout += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said.stderr += text))
  return new Promise((resolve) => child.on('close', (code) => resolve({ ...said, code })))
}

const NO_SPACE = ': cannot write the output: no space left on device\n'
const isLinux = process.platform === 'linux'

describe.runIf(isLinux)('a full disk behind stdout', () => {
  test.each(commands.map(({ name, dropIns }) => ({ name, dropIns })))(
    'ends the help and version of $name, and of its drop-ins',
    async ({ name, dropIns }) => {
      for (const tool of [`kts ${name}`, ...dropIns]) {
        const options = tool.startsWith('kts ') ? ['--help', '--version', '--help-json'] : ['--version']
        for (const option of options) {
          const { code, stderr } = await shell(`${tool} ${option} > /dev/full`)
          expect([`${tool} ${option}`, code, stderr]).toEqual([`${tool} ${option}`, 1, `${tool}${NO_SPACE}`])
        }
      }
    },
  )

  test.each([
    'kts topics --list',
    'kafka-topics --list --bootstrap-server $KTS_BOOTSTRAP_SERVERS',
    'kts topics --describe --json',
    'kts consume -t few --to-end',
    'kts consume -t few --last 2',
    'kts consume -t few --to-end --json',
    'kafka-console-consumer --topic few --from-beginning --max-messages 3 --bootstrap-server $KTS_BOOTSTRAP_SERVERS',
    'kts offsets -t few',
    'kafka-get-offsets --topic few --bootstrap-server $KTS_BOOTSTRAP_SERVERS',
    'kts configs --describe --entity-type brokers --entity-name 1 --all',
    'kts cluster',
    'kts broker status',
    'kts api-versions',
    'kafka-broker-api-versions --bootstrap-server $KTS_BOOTSTRAP_SERVERS',
    'kts log-dirs',
    'kts features',
    'kts config',
    'kts logs generate',
    'kts completion bash',
    'kts help',
    'kts help --man topics',
    'kts',
    'kts --version',
    'kts --help-json',
    'kts perf produce -t few --num-records 10 --record-size 10',
  ])('%s', async (line) => {
    const { code, stderr } = await shell(`${line} > /dev/full`)
    expect([code, stderr.match(/^.*cannot write the output.*$/gm)]).toEqual([
      1,
      [expect.stringMatching(/: cannot write the output: no space left on device$/)],
    ])
    expect(stderr).not.toMatch(/ at |bug/)
  })

  test.each([
    ['topics --list', 0],
    ['topics --nonsense', 2],
    ['consume -t few --to-end', 0],
    ['topics --describe -t nowhere', 1],
  ])('stderr that cannot be written changes nothing: kts %s', async (args, code) => {
    const [heard, unheard] = [await shell(`kts ${args}`), await shell(`kts ${args} 2> /dev/full`)]
    expect([heard.code, unheard.code, unheard.stdout]).toEqual([code, code, heard.stdout])
    expect((await shell(`kts ${args} > /dev/full 2> /dev/full`)).code).toBe(heard.stdout === '' ? code : 1)
  })

  test('another failure than that of a disk has its own words', async () => {
    expect(await shell('kts topics --list 1< /dev/null')).toMatchObject({
      code: 1,
      stderr: 'kts topics: cannot write the output: bad file descriptor\n',
    })
    expect(await shell(`kts topics --list 1< .`)).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/cannot write the output: \w+/),
    })
  })
})

describe.runIf(canMount)('a disk that fills up', () => {
  let disk: ReturnType<typeof smallDisk>
  beforeAll(() => {
    disk = smallDisk(64 * 1024)
  })
  afterAll(() => disk.remove())

  test.each([
    ['kts consume -t many --from-beginning', 'kts consume'],
    ['kts consume -t many --group gone --from-beginning --json', 'kts consume'],
    ['kts consume -t many --last 20000', 'kts consume'],
    [
      'kafka-console-consumer --topic many --group lost --from-beginning --bootstrap-server $KTS_BOOTSTRAP_SERVERS',
      'kafka-console-consumer',
    ],
  ])('%s says how many records it has written, and commits none', async (line, program) => {
    const file = join(disk.path, 'out')
    const { code, stderr } = await shell(`${line} > ${file}`)
    const whole = readFileSync(file, 'utf8').split('\n').length - 1
    expect(whole).toBeGreaterThan(100)
    expect([code, stderr]).toEqual([1, `${program}${NO_SPACE}Processed a total of ${whole} messages\n`])
    const [, group] = /--group (\w+)/.exec(line) ?? []
    if (group === undefined) return
    // A group without members and offsets is soon no more.
    const { stdout } = await shell(`kts groups --describe --group ${group} --json`)
    expect(stdout).toMatch(/GROUP_ID_NOT_FOUND|"members":0,.*"partitions":\[\]/)
  })

  test('what a single write has room for in part is not the whole', async () => {
    // All of it is written at once: the system takes 64 kB, and complains only of the next write.
    const { code, stderr } = await shell(`kts --help-json > ${disk.path}/out`)
    expect([code, stderr]).toEqual([1, `kts${NO_SPACE}`])
  })

  test('files come into being whole or not at all', async () => {
    writeFileSync(join(disk.path, 'filler'), '')
    await shell(`rm ${disk.path}/out; head -c 1M /dev/zero > ${disk.path}/filler`)
    const state = join(disk.path, 'state')
    mkdirSync(state)
    await shell('kts consume -t few -g old --from-beginning --timeout-ms 2000')
    const reset = await shell('kts groups --reset-offsets -g old -t few --to-earliest --execute --yes', {
      XDG_STATE_HOME: state,
    })
    expect([reset.code, reset.stderr]).toEqual([
      1,
      expect.stringMatching(
        /^kts groups: The old offsets cannot be kept in .*, and nothing has been changed: no space left on device\n$/,
      ),
    ])
    const profile = await shell('kts profile add dev -b localhost:1', { XDG_CONFIG_HOME: state })
    expect([profile.code, profile.stderr]).toEqual([
      1,
      expect.stringMatching(/^kts profile add: .* cannot be written: no space left on device\n$/),
    ])
    const pages = await shell(`kts help --man-pages ${state}/man`)
    expect([pages.code, pages.stderr]).toEqual([
      1,
      expect.stringMatching(/^kts help: .*man cannot be written: no space left on device\n$/),
    ])
    const daemon = await shell('kts broker start --daemon --in-memory --port 0', { XDG_STATE_HOME: state })
    expect([daemon.code, daemon.stderr]).toEqual([
      1,
      expect.stringMatching(/^kts broker start: .*server-0-\d+.log cannot be written: no space left on device\n$/),
    ])
    const files = readdirSync(state, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
    expect(files.map(({ name }) => name)).toEqual([expect.stringMatching(/^server-0-\d+.log$/)])
  })
})

describe('a reader that goes away while nothing is written', () => {
  test.each([
    'kts consume -t few --from-beginning',
    'kts consume -t few --from-beginning --group reader --json',
    'kafka-console-consumer --topic few --from-beginning --bootstrap-server $KTS_BOOTSTRAP_SERVERS',
    'kts groups --describe --all-groups --watch 600',
    'kts logs tail --file log',
    'kts logs generate --rate 1',
  ])('ends %s', async (line) => {
    writeFileSync(join(folder.path, 'log'), 'a line\n')
    const started = Date.now()
    expect(await shell(`set -o pipefail; ${line} | head -1`)).toMatchObject({ code: 0 })
    expect(Date.now() - started).toBeLessThan(30_000)
  })

  test('ends kts pipe, of which it can have read nothing', async () => {
    expect(
      await shell('set -o pipefail; kts pipe --from few --to other --transactional-id p --group p | true'),
    ).toMatchObject({ code: 0, stderr: '' })
  })

  test('a socket in the place of the pipe as well', async () => {
    const child = spawn(
      process.execPath,
      [join(BIN, 'kts'), 'consume', '-t', 'few', '--from-beginning', '-b', broker.bootstrap],
      { stdio: ['ignore', 'pipe', 'ignore'] },
    )
    child.stdout.once('data', () => child.stdout.destroy())
    expect(await new Promise((resolve) => child.on('exit', resolve))).toBe(0)
  })
})
