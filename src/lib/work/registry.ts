import type { CommandName } from '../command/define.ts'
import type { Command } from './command.ts'

/** A command as a list of commands knows it. */
export interface Entry extends CommandName {
  /** Left out of the help of kts: there for an old tutorial's sake. */
  readonly hidden?: boolean
  /** Loads the command's module; nothing of it is read before the command is called. */
  load(): Promise<Command>
}

/** The command that goes by this drop-in name, with `.sh` or without. */
export function findDropIn(commands: readonly Entry[], tool: string): Entry | undefined {
  const name = tool.replace(/\.sh$/, '')
  return commands.find((entry) => entry.dropIns.includes(name))
}

/** The command that these words begin with, and the words after its name. */
export function findCommand(
  commands: readonly Entry[],
  words: readonly string[],
): { entry: Entry; rest: readonly string[] } | undefined {
  for (const length of [2, 1]) {
    const name = words.slice(0, length).join(' ')
    const entry = words.length >= length ? commands.find((candidate) => candidate.name === name) : undefined
    if (entry) return { entry, rest: words.slice(length) }
  }
  return undefined
}
