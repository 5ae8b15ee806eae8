import { defineCommand, type Command } from '../../lib/work/command.ts'
import type { Entry } from '../../lib/work/registry.ts'
import { UserError } from '../../lib/errors.ts'
import { write } from '../../lib/output/write.ts'
import { SCRIPTS, type Shell } from './scripts.ts'

const SHELLS = Object.keys(SCRIPTS) as readonly Shell[]

/** The scripts name the commands that they complete. */
export const completion = (commands: readonly Entry[]): Command =>
  defineCommand({
    examples: [
      { command: "echo 'source <(kts completion bash)' >> ~/.bashrc", about: 'In bash, for every shell to come.' },
      { command: "echo 'source <(kts completion zsh)' >> ~/.zshrc", about: 'In zsh, after the line with compinit.' },
      { command: 'kts completion fish > ~/.config/fish/completions/kts.fish', about: 'In fish.' },
    ],
    options: [],
    words: [{ name: 'SHELL', about: 'bash, zsh or fish.', completes: SHELLS }],
    streams: true,
    check: ({ words }) => void chosenShell(words),
    offline: ({ context: { stdout }, words }) => write(stdout, SCRIPTS[chosenShell(words)](toolNames(commands))),
  })

function chosenShell([word]: readonly string[]): Shell {
  if (word === undefined) throw new UserError(`name one shell: ${SHELLS.join(', ')}`)
  const shell = SHELLS.find((known) => known === word)
  if (shell === undefined) throw new UserError(`"${word}" is none of ${SHELLS.join(', ')}`)
  return shell
}

const toolNames = (commands: readonly Entry[]): string[] => [
  'kts',
  ...commands.flatMap(({ dropIns }) => dropIns).flatMap((name) => [name, `${name}.sh`]),
]
