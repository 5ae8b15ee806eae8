import { defineCommand } from '../../lib/work/old.ts'
import { UserError } from '../../lib/errors.ts'
import { write } from '../../lib/output/write.ts'
import { commands } from '../index.ts'
import { SCRIPTS, type Shell } from './scripts.ts'

const SHELLS = Object.keys(SCRIPTS) as readonly Shell[]

export const completion = defineCommand({
  name: 'completion',
  about: "Print the script that teaches a shell to complete kts, and Apache's names, at a press of Tab.",
  examples: [
    { command: "echo 'source <(kts completion bash)' >> ~/.bashrc", about: 'In bash, for every shell to come.' },
    { command: "echo 'source <(kts completion zsh)' >> ~/.zshrc", about: 'In zsh, behind the line with compinit.' },
    { command: 'kts completion fish > ~/.config/fish/completions/kts.fish', about: 'In fish.' },
  ],
  options: [],
  positional: { name: 'SHELL', about: 'bash, zsh or fish.', completes: SHELLS },
  streams: true,
  check: (_values, _context, words = []) => void chosenShell(words),
  run: (_values, { stdout }, words) => write(stdout, SCRIPTS[chosenShell(words)](toolNames())),
})

function chosenShell([word, ...rest]: readonly string[]): Shell {
  if (word === undefined || rest.length > 0) throw new UserError(`name one shell: ${SHELLS.join(', ')}`)
  const shell = SHELLS.find((known) => known === word)
  if (shell === undefined) throw new UserError(`"${word}" is none of ${SHELLS.join(', ')}`)
  return shell
}

const toolNames = (): string[] => [
  'kts',
  ...commands.flatMap(({ dropIns }) => dropIns).flatMap((name) => [name, `${name}.sh`]),
]
