import type { Result } from '../command/define.ts'
import type { Work } from './command.ts'
import { confirm, type Question } from './confirm.ts'
import { NOTHING_DONE } from './outcomes.ts'

/** How a cluster is changed: what would be done is found out first. */
export interface Change<V, I, P> {
  /** What the options come to on this cluster. Throws KafkaError, UserError. */
  plan(work: Work<V, I>): Promise<P>
  /** What --dry-run answers. */
  preview(work: Work<V, I>, plan: P): Promise<Result>
  /** What is asked before something is destroyed; nothing where there is nothing to do. */
  question?(plan: P, work: Work<V, I>): Question | undefined
  apply(work: Work<V, I>, plan: P): Promise<Result>
}

/** Plans, and then shows the plan under --dry-run, or asks where that is due, and carries it out. */
export const changing =
  <V extends { readonly dryRun?: boolean; readonly yes?: boolean }, I, P>({
    plan,
    preview,
    question,
    apply,
  }: Change<V, I, P>) =>
  async (work: Work<V, I>): Promise<Result> => {
    const planned = await plan(work)
    if (work.values.dryRun) return preview(work, planned)
    const asked = question?.(planned, work)
    if (asked && !(await confirm(asked, work))) return NOTHING_DONE
    return apply(work, planned)
  }
