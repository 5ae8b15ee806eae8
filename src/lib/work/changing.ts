import type { Result } from '../command/define.ts'
import type { Work } from './command.ts'
import { confirm, type Question } from './confirm.ts'
import { NOTHING_DONE } from './outcomes.ts'

/** What a change works with: options for a dry run and against questions are among its values. */
type Changing = Work<{ readonly dryRun?: boolean; readonly yes?: boolean }>

/** How a cluster is changed: what would be done is found out first. */
export interface Change<W, P> {
  /** What the options come to on this cluster. Throws KafkaError, UserError. */
  plan(work: W): Promise<P>
  /** What --dry-run answers. */
  preview(work: W, plan: P): Promise<Result>
  /** What is asked before something is destroyed; nothing where there is nothing to do. */
  question?(plan: P, work: W): Question | undefined
  apply(work: W, plan: P): Promise<Result>
  /** Where --dry-run may stand without meaning anything, as Apache has it. */
  isDryRun?(work: W): boolean
}

/** Plans, and then shows the plan under --dry-run, or asks where that is due, and carries it out. */
export const changing =
  <W extends Changing, P>({
    plan,
    preview,
    question,
    apply,
    isDryRun = ({ values }) => values.dryRun ?? false,
  }: Change<W, P>) =>
  async (work: W): Promise<Result> => {
    const planned = await plan(work)
    if (isDryRun(work)) return preview(work, planned)
    const asked = question?.(planned, work)
    if (asked && !(await confirm(asked, work))) return NOTHING_DONE
    return apply(work, planned)
  }
