import type { Context, Result } from '../../src/lib/command/define.ts'
import { fitTables } from '../../src/lib/output/table-width.ts'
import { prepare } from '../../src/lib/work/prepare.ts'
import { chooseAction } from '../../src/lib/work/choose-action.ts'
import type { Command, Job } from '../../src/lib/work/command.ts'
import { Voice } from '../../src/lib/output/voice.ts'
import type { Entry } from '../../src/lib/work/registry.ts'
import { parseArguments } from '../../src/lib/command/register.ts'
import { createContext, type ContextOptions } from './context.ts'

export interface Outcome {
  readonly data: unknown
  readonly text: string
  readonly table: string | undefined
  readonly exitCode: number
  /** What the command wrote by itself. */
  readonly stdout: string
  readonly stderr: string
}

/** Parses a command line and runs the command in memory. Throws what the command throws. */
export async function runCommand(
  command: Command,
  args: readonly string[],
  options: ContextOptions = {},
): Promise<Outcome> {
  const { context, stdout, stderr } = createContext({ program: 'kts test', ...options })
  const result = (await startCommand(command, args, context)) as Result
  return {
    data: result.data,
    text: result.text(),
    table: result.table?.(),
    exitCode: result.exitCode ?? 0,
    stdout: stdout(),
    stderr: stderr(),
  }
}

/** Parses a command line, and does what it says; what comes of it is the command's own answer. */
export async function startCommand(
  command: Command,
  args: readonly string[],
  context: Context,
): Promise<Result | number | void> {
  // Nothing of the width that another test has set.
  fitTables({})
  const { perform } = await prepare(command, parseArguments(command, context.style, args), context)
  return perform()
}

/** A command under no name in particular, as the registry would have it. */
export const entryOf = (command: Command): Entry => ({
  name: 'test',
  dropIns: [],
  about: 'Try',
  load: async () => command,
})

/** The options of a command line as an action gets them. Throws what its rules throw. */
export function readValues(
  command: Command,
  args: readonly string[],
  style: Context['style'] = 'kts',
): Readonly<Record<string, unknown>> {
  const parsed = parseArguments(command, style, args)
  const { action, name, values, words } = chooseAction(command, parsed.values, parsed.words, style)
  const { context } = createContext({ style })
  const job = action as Job<unknown>
  job.check?.({ values, words, action: name, context, output: parsed.output, voice: new Voice(context) })
  return values
}
