import { readOnlyError } from '../client/read-only-client.ts'
import { optionGroup, type Context } from '../command/define.ts'
import { UserError } from '../errors.ts'
import { askLine, askYesNo, isAtTerminal } from '../output/ask.ts'
import { write } from '../output/write.ts'
import type { Connection, ProfileInForce } from '../config/connection.ts'

/**
 * For every command that changes a cluster. `--dry-run` is the command's to obey: it says what it would do, and does
 * nothing.
 */
export const dryRunOption = (goesWith?: readonly string[]) =>
  optionGroup({ section: 'Safety', only: 'kts', ...(goesWith && { goesWith }) }, [
    { name: 'dry-run', about: 'Say what would be done, and do nothing.' },
  ])

/** For the commands that destroy something, beside `dryRunOption`. */
export const yesOption = (goesWith?: readonly string[]) =>
  optionGroup({ section: 'Safety', only: 'kts', ...(goesWith && { goesWith }) }, [
    { name: 'yes', short: 'y', about: 'Do it without asking.' },
  ])

/** What is asked before something that cannot be undone. */
export interface Question {
  /** Without its mark and without the cluster: `Delete these 2 topics and their records`. */
  readonly question: string
  /** What it is about, as lines; nothing where the question says it all. */
  readonly items?: string
}

/** Who asks, and about which cluster. */
export interface Asking {
  readonly values: { readonly yes?: boolean }
  readonly context: Context
  readonly connection: Pick<Connection, 'bootstrapServers' | 'profile'>
}

/**
 * Whether it may go ahead. Asks where somebody sits at a terminal and has not said --yes; never elsewhere, nor under
 * Apache's names. A profile may want its name typed, which --yes does not spare. After a no it has been said on stderr
 * that nothing was changed. Throws ForbiddenError under a profile that is read-only, and UserError where nobody can
 * type a name that is wanted.
 */
export async function confirm(
  { question, items = '' }: Question,
  { values: { yes = false }, context, connection: { bootstrapServers, profile } }: Asking,
): Promise<boolean> {
  if (context.style === 'drop-in') return true
  if (profile?.readOnly) throw readOnlyError(profile.name, 'nothing is changed')
  if (profile?.confirm ? isNamed(profile, yes, context) : yes || !isAtTerminal(context)) return true
  await write(context.stderr, items)
  const onCluster = `${question} on ${bootstrapServers.join(',')}?`
  const isSure = profile?.confirm ? await askName(profile.name, onCluster, context) : await askYesNo(context, onCluster)
  if (!isSure) await write(context.stderr, `${context.program}: nothing has been changed\n`)
  return isSure
}

/** Whether the command line itself has named the profile; at a terminal that is not enough. */
function isNamed({ name, origin }: ProfileInForce, yes: boolean, context: Context): boolean {
  if (isAtTerminal(context)) return false
  if (yes && origin === '--profile') return true
  throw new UserError(
    `the profile ${name} wants its name typed before this is done; where nobody can, add --profile ${name} --yes`,
  )
}

async function askName(name: string, question: string, context: Context): Promise<boolean> {
  return (await askLine(context, `${question} Type ${name} to go ahead: `)) === name
}
