import { defineOptions, type Context } from '../command/define.ts'
import { askYesNo, isAtTerminal } from '../output/ask.ts'
import { write } from '../output/write.ts'
import type { Connection } from './connection.ts'

const section = 'Safety'

/** For every command that changes a cluster. `--dry-run` is the command's to obey: it says what it would do, and does nothing. */
export const dryRunOption = defineOptions([
  { name: 'dry-run', argument: 'none', section, only: 'kts', about: 'Say what would be done, and do nothing.' },
])

/** For the commands that destroy something, beside `dryRunOption`. */
export const yesOption = defineOptions([
  { name: 'yes', short: 'y', argument: 'none', section, only: 'kts', about: 'Do it without asking.' },
])

/** What cannot be undone. */
export interface Deed {
  /** As a question without its mark and without the cluster: `Delete these 2 topics and their records`. */
  readonly question: string
  /** What it is about, as lines; nothing where the question says it all. */
  readonly items?: string
}

/**
 * Whether it may go ahead. Asks where somebody sits at a terminal and has not said --yes; never elsewhere, nor under
 * Apache's names. After a no it has been said on stderr that nothing was changed.
 */
export async function confirm(
  { question, items = '' }: Deed, { yes = false }: { readonly yes?: boolean }, context: Context, { bootstrapServers }: Connection,
): Promise<boolean> {
  if (context.style === 'drop-in' || yes || !isAtTerminal(context)) return true
  await write(context.stderr, items)
  const isSure = await askYesNo(context, `${question} on ${bootstrapServers.join(',')}?`)
  if (!isSure) await write(context.stderr, `${context.program}: nothing has been changed\n`)
  return isSure
}
