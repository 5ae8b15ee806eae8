import type { Result } from '../command/define.ts'

/** What is answered after a no; a script does not go on. */
export const NOTHING_DONE: Result = { data: [], text: () => '', exitCode: 1 }

/** One thing that a dry run has looked at. */
export interface Planned {
  readonly data: Readonly<Record<string, unknown>>
  /** `Would delete topic retail.`; null for what could not be done, which is named on stderr. */
  readonly sentence: string | null
}

/** What a dry run answers: a sentence each on stdout, and data marked `dryRun`. */
export function showPlan(items: readonly Planned[], exitCode = 0): Result {
  const text = (): string => items.map(({ sentence }) => (sentence === null ? '' : `${sentence}\n`)).join('')
  return {
    data: items.map(({ data }) => ({ ...data, dryRun: true })),
    text,
    table: () => (items.length === 0 ? 'Nothing would be done.\n' : text()),
    exitCode,
  }
}

/** As showPlan, for a command that does one thing: its data is one object. */
export function showPlanOfOne({ data, sentence }: Planned): Result {
  return { data: { ...data, dryRun: true }, text: () => (sentence === null ? '' : `${sentence}\n`) }
}
