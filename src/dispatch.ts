import { commands } from './commands/index.ts'
import type { Context } from './lib/command/define.ts'
import { describeVersions, kafkaVersion } from './lib/command/package.ts'
import { isExpected, UserError } from './lib/errors.ts'
import { say } from './lib/output/say.ts'
import { show } from './lib/output/show.ts'
import { useColors } from './lib/output/style.ts'
import { fitTables } from './lib/output/table-width.ts'
import { textWidth } from './lib/output/text-width.ts'
import { write } from './lib/output/write.ts'
import type { Command } from './lib/work/command.ts'
import type { Prepared } from './lib/work/prepare.ts'
import { findCommand, findDropIn, type Entry } from './lib/work/registry.ts'

/** Opens the world to a command under the name that it was called by. */
export type OpenContext = (style: Context['style'], program: string, args: readonly string[]) => Context

/** Exit code of a bug in kts, as BSD's sysexits name it (EX_SOFTWARE). */
const bugCode = 70

/** Runs one command line from its first word to its exit code. `tool` is `kts` or the name of a drop-in. */
export async function dispatch(tool: string, args: readonly string[], open: OpenContext): Promise<number> {
  if (tool !== 'kts') {
    const entry = findDropIn(commands, tool)
    if (entry === undefined) throw new Error(`no tool is named ${tool}`)
    return await execute(entry, args, open('drop-in', tool, args))
  }
  const words = globalsLast(args)
  const found = findCommand(commands, words)
  if (!found) return await withoutCommand(words, open)
  return await execute(found.entry, found.rest, open('kts', `kts ${found.entry.name}`, found.rest))
}

const FLAGS = ['--json', '--debug', '--no-color', '--local']
const SETTINGS = ['-b', '--bootstrap-server', '--profile', '--command-config', '--output', '-X', '--client-property']

/** Lets `kts -b HOST:PORT --json topics list` mean `kts topics list -b HOST:PORT --json`. */
function globalsLast(args: readonly string[]): readonly string[] {
  let first = 0
  while (FLAGS.includes(args[first] ?? '') || SETTINGS.includes((args[first] ?? '').replace(/=.*$/s, '')))
    first += SETTINGS.includes(args[first]!) ? 2 : 1
  if (first === 0 || first >= args.length) return args
  const [globals, rest] = [args.slice(0, first), args.slice(first)]
  const end = rest.includes('--') ? rest.indexOf('--') : rest.length
  return [...rest.slice(0, end), ...globals, ...rest.slice(end)]
}

async function withoutCommand(words: readonly string[], open: OpenContext): Promise<number> {
  const [first = '', second = ''] = words
  const context = open('kts', 'kts', [])
  if (first === '--version') return await showVersion(context)
  if (first === '--help-json') return await showModels(context)
  const askHelp = (about: readonly string[]): Promise<number> => dispatch('kts', ['help', ...about], open)
  if (first === '' || isHelp(first)) return await askHelp([])
  if (!commands.some((entry) => !entry.hidden && entry.name.startsWith(`${first} `)))
    return await unknownCommand(first, words, context)
  if (isHelp(second)) return await askHelp([first])
  if (second !== '' && !second.startsWith('-')) return await unknownCommand(`${first} ${second}`, words, context)
  const { overview } = await import('./lib/command/help.ts')
  await write(
    context.stderr,
    overview(
      commands.filter((entry) => !entry.hidden),
      { prefix: first, width: textWidth(context) },
    ),
  )
  return 2
}

const isHelp = (word: string): boolean => word === '--help' || word === '-h'

async function unknownCommand(name: string, words: readonly string[], context: Context): Promise<number> {
  const { meantCommand } = await import('./lib/work/meant-command.ts')
  const meant = await meantCommand(commands, name, words)
  const kind = name.startsWith('-') ? 'option' : 'command'
  await say(
    context,
    `unknown ${kind} "${name}"${meant ? `; did you mean ${meant}?` : ''} (kts --help lists the commands)`,
  )
  return 2
}

/** Runs a command with the words after its name, shows what it found out, and returns the exit code. */
export async function execute(entry: Entry, args: readonly string[], context: Context): Promise<number> {
  const [command, { parseArguments }, { prepare }] = await Promise.all([
    entry.load(),
    import('./lib/command/register.ts'),
    import('./lib/work/prepare.ts'),
  ])
  let [isDebugged, prepared]: [boolean, Prepared | undefined] = [args.includes('--debug'), undefined]
  try {
    const parsed = parseArguments(command, context.style, args)
    isDebugged = parsed.debug
    await useColors(context, parsed.color)
    fitTables(context.stdout)
    if (parsed.help) return await showHelp(entry, command, parsed.words, context)
    if (parsed.helpJson) return await showModel(entry, command, context)
    if (parsed.version) return await showVersion(context)
    for (const notice of parsed.notices)
      await write(context.style === 'kts' ? context.stderr : context.stdout, `${notice}\n`)
    prepared = await prepare(command, parsed, context)
  } catch (error) {
    return await reportUsage(error, command, args, context, isDebugged)
  }
  return await runCommand(command, prepared, isDebugged, context)
}

async function runCommand(
  command: Command,
  { output, perform }: Prepared,
  debug: boolean,
  context: Context,
): Promise<number> {
  try {
    const result = await perform()
    if (typeof result !== 'object') return result ?? 0
    await show(result, context.style === 'drop-in' ? 'text' : output, context.stdout)
    return result.exitCode ?? 0
  } catch (error) {
    if (isInterruption(error, context.signal)) return 1
    if (context.style === 'drop-in' && isExpected(error)) return await reportAsApache(command, error, context)
    return await report(error, context, debug)
  }
}

async function showHelp(
  { about }: Entry,
  command: Command,
  [word]: readonly string[],
  context: Context,
): Promise<number> {
  const { style, program, stdout, stderr } = context
  const [{ commandHelp }, { findVerb }] = await Promise.all([
    import('./lib/command/help.ts'),
    import('./lib/work/choose-action.ts'),
  ])
  const action = findVerb(command, word, style)
  const help = commandHelp({ about, command, style, program, action, width: textWidth(context) })
  const isAnswer =
    style === 'kts' || command.helpSucceeds === true || (command.helpsWhenBare === true && context.args?.length === 0)
  await write(isAnswer ? stdout : stderr, help)
  return isAnswer ? 0 : 1
}

async function showModel(entry: Entry, command: Command, context: Context): Promise<number> {
  const { describeCommand } = await import('./lib/command/model.ts')
  await write(context.stdout, `${JSON.stringify(describeCommand(entry, command), null, 2)}\n`)
  return 0
}

/** Every command that the help lists. */
async function showModels(context: Context): Promise<number> {
  const { describeCommand } = await import('./lib/command/model.ts')
  const visible = commands.filter(({ hidden }) => !hidden)
  const described = await Promise.all(visible.map(async (entry) => describeCommand(entry, await entry.load())))
  await write(context.stdout, `${JSON.stringify({ name: 'kts', commands: described }, null, 2)}\n`)
  return 0
}

async function showVersion(context: Context): Promise<number> {
  await write(context.stdout, `${context.style === 'kts' ? describeVersions() : kafkaVersion}\n`)
  return 0
}

async function reportUsage(
  error: unknown,
  command: Command,
  [word]: readonly string[],
  context: Context,
  debug: boolean,
): Promise<number> {
  if (!(error instanceof UserError) || debug) return await report(error, context, debug)
  const { findVerb } = await import('./lib/work/choose-action.ts')
  const isAction = context.style === 'kts' && findVerb(command, word, 'kts') !== undefined
  await say(context, `${error.message} (${context.program}${isAction ? ` ${word}` : ''} --help lists the options)`)
  return usageCode(context)
}

async function reportAsApache(command: Command, error: Error, context: Context): Promise<number> {
  if (!command.dropInFailure) return await report(error, context, false)
  const failure = command.dropInFailure(error)
  await write(context.stdout, failure.stdout ?? '')
  await write(context.stderr, failure.stderr ?? '')
  return failure.exitCode
}

/** One line for what a person can mend; a stack, and a request to report it, for a bug. Returns the exit code. */
export async function report(
  error: unknown,
  context: Pick<Context, 'program' | 'stderr' | 'style'>,
  debug: boolean,
): Promise<number> {
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error)
  if (isExpected(error)) {
    if (debug) await write(context.stderr, `${context.program}: ${stack}\n`)
    else await say(context, error.message)
    return error instanceof UserError ? usageCode(context) : 1
  }
  await write(
    context.stderr,
    `${context.program}: this is a bug in kts; please report it with the lines below and the command you typed.\n${stack}\n`,
  )
  return bugCode
}

const usageCode = (context: Pick<Context, 'style'>): number => (context.style === 'kts' ? 2 : 1)

/** What a wound-up command throws because the signal was raised says nothing new. */
function isInterruption(error: unknown, signal: AbortSignal): boolean {
  return signal.aborted && (error === signal.reason || (error instanceof Error && error.name === 'AbortError'))
}
