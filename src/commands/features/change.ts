import { updateFeatures, type FeatureUpdate, type UpgradeType } from '../../lib/client/admin/update-features.ts'
import type { KafkaClient } from '../../lib/client/types.ts'
import type { Result } from '../../lib/command/define.ts'
import { confirm, type Deed } from '../../lib/config/confirm.ts'
import { nameFailures } from '../../lib/config/failures.ts'
import { NOTHING_DONE } from '../../lib/config/outcomes.ts'
import type { Order } from '../../lib/config/with-cluster.ts'
import { wantedLevels, type ChangeAction } from './levels.ts'
import type { FeaturesValues } from './options.ts'

/** Changes levels, or with --dry-run only asks. Failures are on stdout under Apache's name, on stderr under kts. */
export async function change(
  client: KafkaClient,
  action: ChangeAction,
  { values, context, connection }: Order<FeaturesValues>,
): Promise<Result> {
  const { dryRun } = values
  const { style } = context
  const wanted = wantedLevels(action, values)
  if (!dryRun && !(await confirm(deed(action, wanted, values), values, context, connection))) return NOTHING_DONE
  const updates = await updateFeatures(client, wanted, upgradeType(action, values.unsafe), { validateOnly: dryRun })
  const failed = updates.filter(({ error }) => error !== null)
  const tried = (update: FeatureUpdate): string => `${dryRun ? 'Can' : 'Could'} not ${target(action, update)}`
  if (style === 'kts')
    await nameFailures(
      failed.map((update) => ({ what: tried(update), error: update.error! })),
      client,
      context,
    )
  const line = (update: FeatureUpdate): string => {
    if (update.error) return style === 'kts' ? '' : `${tried(update)}. ${update.error.message}\n`
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
function deed(action: ChangeAction, wanted: ReadonlyMap<string, number>, { unsafe }: FeaturesValues): Deed {
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

const target = (action: ChangeAction, { feature, level }: FeatureUpdate): string =>
  `${action} ${feature}${action === 'disable' ? '' : ` to ${level}`}`
