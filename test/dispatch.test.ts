import { describe, expect, test } from 'vitest'
import { dispatch, execute, type OpenContext } from '../src/dispatch.ts'
import type { Context, Failure, Result } from '../src/lib/command/define.ts'
import { defineCommand, type Command } from '../src/lib/work/command.ts'
import { EnvironmentError, KafkaError, UserError } from '../src/lib/errors.ts'
import { createContext, type ContextOptions } from './support/context.ts'
import { entryOf } from './support/run-command.ts'

interface Behaviour {
  readonly run: (context: Context) => Promise<Result | number | void>
  readonly check?: () => void
  readonly dropInFailure?: (error: Error) => Failure
}

const sample = (behaviour: Behaviour): Command =>
  defineCommand({
    options: [
      { name: 'topic', value: 'VALUE', about: '' },
      { name: 'property', value: 'VALUE', repeatable: true, deprecatedFor: 'formatter-property', about: '' },
    ],
    check: behaviour.check,
    dropInFailure: behaviour.dropInFailure,
    offline: ({ context }) => behaviour.run(context),
  }) as unknown as Command

async function run(behaviour: Behaviour, args: string[] = [], options: ContextOptions = {}) {
  const { context, stdout, stderr } = createContext({
    program: options.style === 'drop-in' ? 'kafka-sample.sh' : 'kts sample',
    ...options,
  })
  const code = await execute(entryOf(sample(behaviour)), args, context)
  return { code, stdout: stdout(), stderr: stderr() }
}

const failing = (error: unknown): Behaviour => ({ run: () => Promise.reject(error) })
const answer: Result = {
  data: [{ topic: 'a', offset: 3n }],
  text: () => 'a\t3\n',
  table: () => 'TOPIC  OFFSET\na  3',
  exitCode: 1,
}
const answering: Behaviour = { run: async () => answer }

describe('a result', () => {
  test('is text in a pipe and a table on a terminal', async () => {
    expect(await run(answering)).toEqual({ code: 1, stdout: 'a\t3\n', stderr: '' })
    expect((await run(answering, [], { isTTY: true })).stdout).toBe('TOPIC  OFFSET\na  3\n')
  })

  test('is what --output says', async () => {
    expect((await run(answering, ['--output', 'table'])).stdout).toBe('TOPIC  OFFSET\na  3\n')
    expect((await run(answering, ['--output=text'], { isTTY: true })).stdout).toBe('a\t3\n')
    expect((await run(answering, ['--json'])).stdout).toBe('[{"topic":"a","offset":3}]\n')
    expect((await run(answering, ['--json'], { isTTY: true })).stdout).toBe(
      '[\n  {\n    "topic": "a",\n    "offset": 3\n  }\n]\n',
    )
    expect((await run(answering, ['--output', 'ndjson'])).stdout).toBe('{"topic":"a","offset":3}\n')
    expect((await run(answering, ['--output', 'yaml'])).stdout).toBe('- topic: a\n  offset: 3\n')
  })

  test('is text under a drop-in name, on a terminal too', async () => {
    expect((await run(answering, [], { style: 'drop-in', isTTY: true })).stdout).toBe('a\t3\n')
  })

  test('may be an exit code, or nothing', async () => {
    expect((await run({ run: async () => 3 })).code).toBe(3)
    expect((await run({ run: async () => {} })).code).toBe(0)
  })
})

describe('an error', () => {
  test.each([
    [new UserError('bad input'), 2, 1],
    [new KafkaError('UNKNOWN_TOPIC_OR_PARTITION', 'no such topic'), 1, 1],
    [new EnvironmentError('no server'), 1, 1],
  ])('that a person can mend is one line: %s', async (error, code, dropInCode) => {
    expect(await run(failing(error))).toEqual({ code, stdout: '', stderr: `kts sample: ${error.message}\n` })
    expect(await run(failing(error), [], { style: 'drop-in' })).toEqual({
      code: dropInCode,
      stdout: '',
      stderr: `kafka-sample.sh: ${error.message}\n`,
    })
  })

  test('shows its stack with --debug', async () => {
    expect((await run(failing(new KafkaError('UNKNOWN_SERVER_ERROR', 'no such topic')), ['--debug'])).stderr).toMatch(
      /no such topic\n\s+at /,
    )
  })

  test('takes the shape that Apache gave it, under a drop-in name only', async () => {
    const dropInFailure = (error: Error): Failure => ({
      stdout: `Error: ${error.message}\n`,
      stderr: 'trace\n',
      exitCode: 0,
    })
    const behaviour = { ...failing(new KafkaError('UNKNOWN_SERVER_ERROR', 'no')), dropInFailure }
    expect(await run(behaviour, [], { style: 'drop-in' })).toEqual({
      code: 0,
      stdout: 'Error: no\n',
      stderr: 'trace\n',
    })
    expect(await run(behaviour)).toEqual({ code: 1, stdout: '', stderr: 'kts sample: no\n' })
  })

  test('that nobody expected is a bug, with its stack, whatever the name', async () => {
    const dropInFailure = (): Failure => ({ exitCode: 0 })
    for (const style of ['kts', 'drop-in'] as const) {
      const { code, stderr } = await run({ ...failing(new TypeError('undefined is no function')), dropInFailure }, [], {
        style,
      })
      expect(code).toBe(70)
      expect(stderr).toMatch(/bug in kts; please report .*\n.*undefined is no function\n\s+at /)
    }
  })

  test('of usage names the help, and is never in the shape of a run-time error', async () => {
    const check = (): void => {
      throw new UserError('--topic is missing')
    }
    const dropInFailure = (): Failure => ({ stdout: 'wrong\n', exitCode: 0 })
    expect(await run({ ...answering, check, dropInFailure })).toEqual({
      code: 2,
      stdout: '',
      stderr: 'kts sample: --topic is missing (kts sample --help lists the options)\n',
    })
    expect(await run({ ...answering, check, dropInFailure }, [], { style: 'drop-in' })).toMatchObject({
      code: 1,
      stdout: '',
    })
    expect(await run(answering, ['--tpoic', 'a'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('did you mean --topic?'),
    })
  })

  test('that only says that the signal was raised is not shown', async () => {
    const { context, stderr, abort } = createContext()
    abort('SIGINT')
    await execute(entryOf(sample({ run: async ({ signal }) => signal.throwIfAborted() })), [], context)
    expect(stderr()).toBe('')
  })
})

describe('a command that talks to a cluster', () => {
  const command = defineCommand({
    options: [
      { name: 'bootstrap-server', value: 'VALUE', section: 'Connection', about: '' },
      { name: 'command-config', value: 'VALUE', section: 'Connection', about: '' },
      // Numbers of brokers here, not the old name of --bootstrap-server.
      { name: 'broker-list', value: 'VALUE', about: '' },
      { name: 'sample.config', value: 'VALUE', deprecatedFor: 'command-config', about: '' },
    ],
    stream: () => Promise.reject(new KafkaError('UNKNOWN_SERVER_ERROR', 'run')),
    dropInFailure: () => ({ stdout: 'Error: later\n', exitCode: 0 }),
  }) as unknown as Command

  test.each([
    [['--bootstrap-server', 'localhost'], /--bootstrap-server: "localhost" is not a server address/],
    [[], /--bootstrap-server is missing/],
    [['--sample.config', 'nowhere.properties'], /nowhere\.properties cannot be read/],
  ])('does not start when it cannot know where: %j', async (args, message) => {
    const { context, stderr, stdout } = createContext({ style: 'drop-in' })
    expect(await execute(entryOf(command), args, context)).toBe(1)
    expect(stderr()).toMatch(message)
    expect(stdout()).not.toContain('later')
  })

  test('starts when it can', async () => {
    const { context, stdout } = createContext({ style: 'drop-in' })
    expect(await execute(entryOf(command), ['--broker-list', '7', '--bootstrap-server', 'localhost:1'], context)).toBe(
      0,
    )
    expect(stdout()).toContain('Error: later\n')
  })
})

describe('notices about deprecated options', () => {
  test('go to stderr under kts, and to stdout under a drop-in name as Apache has it', async () => {
    const notice = expect.stringMatching(/^Option --property is deprecated .*\n/)
    expect(await run(answering, ['--property', 'a=b'])).toMatchObject({ stdout: 'a\t3\n', stderr: notice })
    expect(await run(answering, ['--property', 'a=b'], { style: 'drop-in' })).toMatchObject({
      stdout: notice,
      stderr: '',
    })
  })
})

describe('help and version', () => {
  test('under kts help succeeds on stdout, under a drop-in name it fails on stderr', async () => {
    expect(await run(answering, ['--help'])).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('Usage: kts sample'),
      stderr: '',
    })
    expect(await run(answering, ['--help'], { style: 'drop-in' })).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringContaining('Usage: kafka-sample.sh'),
    })
  })

  test('a drop-in is of the version of Kafka that it reproduces', async () => {
    expect(await run(answering, ['--version'], { style: 'drop-in' })).toEqual({
      code: 0,
      stdout: '4.3.0\n',
      stderr: '',
    })
    expect((await run(answering, ['--version'])).stdout).toMatch(
      /^kts \d+\.\d+\.\d+ \(Node 2.*, kafkajs 2\.2\.4, .*4\.3\.0\)\n$/,
    )
  })
})

describe('which command is meant', () => {
  async function type(tool: string, ...args: string[]) {
    let last = createContext()
    const opened: [string, string, readonly string[]][] = []
    const open: OpenContext = (style, program, words) => {
      opened.push([style, program, words])
      last = createContext({ style, program, args: words })
      return last.context
    }
    const code = await dispatch(tool, args, open)
    return { code, opened, stdout: last.stdout(), stderr: last.stderr() }
  }

  test('two words, a drop-in name, with .sh or without', async () => {
    expect(await type('kts', 'zookeeper', 'stop', 'x')).toMatchObject({
      code: 2,
      opened: [['kts', 'kts zookeeper stop', ['x']]],
    })
    expect(await type('zookeeper-server-stop.sh', 'x')).toMatchObject({
      code: 0,
      opened: [['drop-in', 'zookeeper-server-stop.sh', ['x']]],
    })
    expect(await type('zookeeper-server-stop')).toMatchObject({
      code: 0,
      stdout: '',
      stderr: expect.stringContaining('no ZooKeeper'),
    })
  })

  test('general options may stand before the command', async () => {
    expect((await type('kts', '--debug', 'zookeeper', 'stop')).code).toBe(0)
    const asked = await type('kts', '-b', 'localhost:1', '--json', 'topics', 'list')
    expect(asked).toMatchObject({ code: 1, stderr: expect.stringContaining('localhost:1 (from --bootstrap-server)') })
    expect((await type('kts', '--debug', 'help', '--', 'topics')).stdout).toContain('Usage: kts topics ACTION')
  })

  test('help of everything, of a group, of a command', async () => {
    expect(await type('kts')).toMatchObject({ code: 0, stdout: expect.stringContaining('logs start') })
    expect((await type('kts', '--help')).stdout).toContain('logs start')
    expect(await type('kts', 'help', 'logs')).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('Usage: kts logs COMMAND'),
    })
    expect(await type('kts', 'logs')).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringContaining('Usage: kts logs COMMAND'),
    })
    expect((await type('kts', 'help', 'logs', 'start')).stdout).toContain('Usage: kts logs start')
  })

  test('what is unknown is compared with what there is', async () => {
    expect(await type('kts', 'logs', 'strat')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('did you mean logs start?'),
    })
    expect((await type('kts', 'zookeeper-server-strat')).stderr).toContain('did you mean zookeeper start?')
    expect((await type('kts', 'frobnicate')).stderr).toBe(
      'kts: unknown command "frobnicate" (kts --help lists the commands)\n',
    )
    expect((await type('kts', '--frobnicate')).stderr).toContain('unknown option')
  })

  test.each([
    ['create topic x -p 3', 'kts topics create x -p 3'],
    ['list topics', 'kts topics list'],
    ['ls groups', 'kts groups list'],
    ['rm topic x', 'kts topics delete x'],
    ['start broker', 'kts broker start'],
    ['version', 'kts --version'],
    ['--versoin', '--version'],
  ])('kts %s: did you mean %s?', async (line, meant) => {
    const { code, stderr } = await type('kts', ...line.split(' '))
    expect([code, stderr]).toEqual([2, expect.stringContaining(`; did you mean ${meant}? (kts --help`)])
  })

  test.each([
    ['topics create --frob', 'kts topics create --help lists the options'],
    ['topics create', 'kts topics create --help lists the options'],
    ['topics --create --frob', 'kts topics --help lists the options'],
    ['topics cerate', 'kts topics --help lists the options'],
    ['offsets create --frob', 'kts offsets --help lists the options'],
  ])('kts %s names the help of its action', async (line, hint) => {
    expect((await type('kts', ...line.split(' '))).stderr).toContain(`(${hint})`)
  })

  test.each([
    ['consume orders -J', 'unknown option -J; --json prints documents'],
    ['consume orders -e', 'unknown option -e; --to-end ends'],
    ['produce orders -p 3', 'unknown option -p; a key chooses the partition, or a document of --json'],
    ['configs describe topic orders', 'unexpected argument "orders"; leave out "topic"'],
  ])('kts %s: what other tools call so has a way here', async (line, said) => {
    expect((await type('kts', ...line.split(' '))).stderr).toContain(said)
  })

  test('kts --version', async () => {
    expect(await type('kts', '--version')).toMatchObject({ code: 0, stdout: expect.stringMatching(/^kts \d/) })
  })
})

describe('--help-json', () => {
  const opens: OpenContext = (style, program, args) => createContext({ style, program, args }).context

  async function ask(...args: string[]): Promise<unknown> {
    const { context, stdout } = createContext()
    const code = await dispatch('kts', args, (style, program, words) =>
      Object.assign(opens(style, program, words), { stdout: context.stdout }),
    )
    expect(code).toBe(0)
    return JSON.parse(stdout())
  }

  test('describes a command as data, without running it', async () => {
    const model = await ask('leader-election', '--help-json')
    expect(model).toMatchObject({ name: 'leader-election', dropIns: ['kafka-leader-election'] })
    const { options } = model as { options: { name: string }[] }
    expect(options.find(({ name }) => name === 'election-type')).toEqual({
      name: 'election-type',
      short: null,
      about: expect.stringContaining('unclean'),
      section: 'Options',
      argument: 'required',
      value: 'TYPE',
      type: 'string',
      values: ['preferred', 'unclean'],
      actions: null,
      repeatable: false,
      deprecatedFor: null,
    })
    expect(options.find(({ name }) => name === 'admin.config')).toMatchObject({
      section: 'Deprecated',
      deprecatedFor: 'command-config',
    })
  })

  test('describes them all, but for the hidden ones', async () => {
    const { commands } = (await ask('--help-json')) as { commands: { name: string; examples: unknown[] }[] }
    expect(commands.map(({ name }) => name)).toContain('perf e2e')
    expect(commands.map(({ name }) => name)).not.toContain('zookeeper start')
  })
})
