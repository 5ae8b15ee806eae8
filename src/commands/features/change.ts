import { updateFeatures, type FeatureUpdate, type UpgradeType } from '../../lib/client/admin/update-features.ts'
import type { Result } from '../../lib/command/define.ts'
import type { Job, Work } from '../../lib/work/command.ts'
import { changing } from '../../lib/work/changing.ts'
import type { Question } from '../../lib/work/confirm.ts'
import { nameFailures } from '../../lib/work/failures.ts'
import { wantedLevels, type ChangeAction } from './levels.ts'
import type { FeaturesValues } from './options.ts'

type Levels = ReadonlyMap<string, number>

/** Changes levels, or with --dry-run only asks: the broker itself tells what it could do, under Apache's name too. */
export const change = (action: ChangeAction): Job<FeaturesValues> => ({
  check: ({ values }) => void wantedLevels(action, values),
  run: changing<Work<FeaturesValues>, Levels>({
    plan: async ({ values }) => wantedLevels(action, values),
    preview: (work, levels) => update(action, work, levels),
    question: (levels, { values }) => question(action, levels, values),
    apply: (work, levels) => update(action, work, levels),
  }),
})

/** Failures are on stdout under Apache's name, on stderr under kts. */
async function update(action: ChangeAction, work: Work<FeaturesValues>, wanted: Levels): Promise<Result> {
  const {
    client,
    values,
    context: { style },
  } = work
  const { dryRun } = values
  const updates = await updateFeatures(client, wanted, upgradeType(action, values.unsafe), { validateOnly: dryRun })
  const failed = updates.filter(({ error }) => error !== null)
  if (style === 'kts') {
    const reasons = new Map(failed.map(({ error }) => [error!.message, error!]))
    await nameFailures(
      [...reasons].map(([message, error]) => ({
        what: tried(
          action,
          failed.filter((update) => update.error!.message === message),
          dryRun,
        ),
        error,
      })),
      work,
    )
  }
  const line = (update: FeatureUpdate): string => {
    if (update.error) return style === 'kts' ? '' : `${tried(action, [update], dryRun)}. ${update.error.message}\n`
    return `${update.feature} ${dryRun ? 'can be' : 'was'} ${action}d${action === 'disable' ? '' : ` to ${update.level}`}.\n`
  }
  const notice =
    style === 'drop-in' && values.metadata !== undefined
      ? ' `metadata` flag is deprecated and may be removed in a future release.\n'
      : ''
  return {
    data: updates.map(({ feature, level, error }) => ({
      feature,
      level,
      changed: error === null && !dryRun,
      ...(dryRun && { dryRun }),
      ...(error && { error }),
    })),
    text: () => notice + updates.map(line).join(''),
    exitCode: failed.length > 0 ? 1 : 0,
  }
}

/**
 * Metadata of a new form cannot be read by brokers of before, and what a feature has written may go with it: there is
 * not always a way back.
 */
function question(action: ChangeAction, wanted: Levels, { unsafe }: FeaturesValues): Question {
  const count = wanted.size === 1 ? 'this feature' : `these ${wanted.size} features`
  const items = [...wanted]
    .map(([feature, level]) => `${feature}${action === 'disable' ? '' : ` to ${level}`}\n`)
    .join('')
  return {
    question: `${action[0]!.toUpperCase()}${action.slice(1)} ${count}${unsafe ? ', though metadata may be lost,' : ''}`,
    items,
  }
}

function upgradeType(action: ChangeAction, unsafe: boolean): UpgradeType {
  if (action === 'upgrade') return 'upgrade'
  return unsafe ? 'unsafeDowngrade' : 'safeDowngrade'
}

/** One refusal may stand for all features of a request. */
const tried = (action: ChangeAction, updates: readonly FeatureUpdate[], dryRun: boolean): string =>
  `${dryRun ? 'Can' : 'Could'} not ${action} ${updates
    .map(({ feature, level }) => `${feature}${action === 'disable' ? '' : ` to ${level}`}`)
    .join(', ')}`
