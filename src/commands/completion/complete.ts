import { defineOptions, type Context, type NameKind } from '../../lib/command/define.ts'
import { defineCommand, type Command } from '../../lib/work/command.ts'
import type { Entry } from '../../lib/work/registry.ts'
import { shellWords } from '../../lib/command/shell.ts'
import { connectionOptions, registryOptions } from '../../lib/config/connection.ts'
import { write } from '../../lib/output/write.ts'
import { offer, type AskNames, type Candidate, type Offered } from './offer.ts'
import { splitLine } from './split-line.ts'

const options = defineOptions([
  {
    name: 'refresh',
    value: 'NAMES',
    values: ['topics', 'groups', 'subjects'],
    about: 'Ask a slow cluster for its names, for the next time.',
  },
  ...connectionOptions,
  ...registryOptions,
])

/**
 * What the scripts of `kts completion` call: `complete bash -- LINE WORDBREAKS`, and `complete zsh -- WORDS…`, the same
 * for fish. Prints a word a line, with a tab and a sentence behind it for shells that show one, or `:files` or
 * `:folders`.
 */
export const completeCommand = (commands: readonly Entry[]): Command =>
  defineCommand({
    examples: [{ command: 'kts complete fish -- kts topics --des', about: 'What fish is told.' }],
    options,
    words: [
      { name: 'SHELL -- WORDS', isRepeatable: true, mayBeEmpty: true, about: 'Who asks, and what has been typed.' },
    ],
    streams: true,
    async offline({ values, context, words: [shell, ...words] }) {
      if (values.refresh !== undefined) return await refresh(values.refresh, values, context)
      const answer =
        shell === 'bash'
          ? await completeInBash(commands, words, context)
          : render(await offer(commands, words, namesFor(context)), lineWithAbout)
      await write(context.stdout, answer)
    },
  })

/** Loaded when names are asked for: it brings the client. */
const namesFor =
  (context: Context): AskNames =>
  async (kind, values, style) =>
    (await import('./names.ts')).liveNames(kind, values, style, context)

async function refresh(kind: NameKind, values: Parameters<AskNames>[1], context: Context): Promise<void> {
  const { refreshNames } = await import('./names.ts')
  await refreshNames(kind, values, context)
}

/** bash takes what follows its last word break, and takes it as it would have been typed. */
async function completeInBash(
  commands: readonly Entry[],
  [line = '', wordBreaks = '']: readonly string[],
  context: Context,
): Promise<string> {
  const { words, kept, isQuoted } = splitLine(line, wordBreaks, context.env)
  return render(await offer(commands, words, namesFor(context)), ({ word }) =>
    isQuoted ? word.slice(kept) : shellWords([word.slice(kept)]),
  )
}

const lineWithAbout = ({ word, about }: Candidate): string => (about === undefined ? word : `${word}\t${about}`)

const render = ({ words, paths }: Offered, line: (candidate: Candidate) => string): string =>
  (paths === undefined ? '' : `:${paths}\n`) + words.map((candidate) => `${line(candidate)}\n`).join('')
