import type { Context, OutputFormat } from '../command/define.ts'
import type { Arguments } from '../command/register.ts'
import type { Project } from '../config/settings/project-file.ts'
import { Voice } from '../output/voice.ts'
import { chooseAction } from './choose-action.ts'
import type { Answer, Command, Job, Order } from './command.ts'

/** A command line that makes sense; what is left is to do it. */
export interface Prepared {
  readonly output: OutputFormat | undefined
  perform(): Answer
}

/**
 * Finds out what a command line asks for, and of which cluster; nobody is asked, and nothing is started. Throws
 * UserError.
 */
export async function prepare(command: Command, parsed: Arguments, context: Context): Promise<Prepared> {
  const { action, name, values, words } = chooseAction(command, parsed.values, parsed.words, context.style)
  const job = action as Job<unknown>
  const asksCluster = job.offline === undefined
  const project = await projectFor(command, asksCluster, context)
  const output = parsed.output ?? (await outputByDefault(command, context, project))
  const order: Order<unknown> = { values, words, action: name, context, output, voice: new Voice(context) }
  job.check?.(order)
  if (!asksCluster) return { output, perform: async () => job.offline!(order) }
  // Loaded only where a cluster is asked: it brings the client.
  const { locate, perform } = await import('./cluster.ts')
  const connection = await locate(command, values, context, project)
  return { output, perform: () => perform(job, order, connection) }
}

/** What the project file says, where anything of it counts. */
async function projectFor({ streams }: Command, asksCluster: boolean, context: Context): Promise<Project | undefined> {
  if (context.style === 'drop-in' || (streams && !asksCluster)) return undefined
  return (await import('../config/settings/project-file.ts')).readProject(context)
}

async function outputByDefault(
  { streams, formats }: Command,
  context: Context,
  project: Project | undefined,
): Promise<OutputFormat | undefined> {
  if (streams || !project) return undefined
  return (await import('./default-output.ts')).defaultOutput(context, project, formats)
}
