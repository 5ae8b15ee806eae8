import type { Command, Result } from '../../src/lib/command/define.ts'
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
  const { values, words, output } = parseArguments(command, context.style, args)
  command.check?.(values as never, context, words)
  const result = (await command.run(values as never, context, words, output)) as Result
  return {
    data: result.data,
    text: result.text(),
    table: result.table?.(),
    exitCode: result.exitCode ?? 0,
    stdout: stdout(),
    stderr: stderr(),
  }
}
