import { itemSentence } from '../../lib/client/admin/item-error.ts'
import { updateFeatures, type FeatureUpdate, type UpgradeType } from '../../lib/client/admin/update-features.ts'
import type { KafkaClient } from '../../lib/client/types.ts'
import type { Context, Result } from '../../lib/command/define.ts'
import { write } from '../../lib/output/write.ts'
import { wantedLevels, type ChangeAction } from './levels.ts'
import type { FeaturesValues } from './options.ts'

/** Changes levels, or with --dry-run only asks. Failures are on stdout under Apache's name, on stderr under kts. */
export async function change(client: KafkaClient, action: ChangeAction, values: FeaturesValues, { style, program, stderr }: Context): Promise<Result> {
  const { dryRun } = values
  const updates = await updateFeatures(client, wantedLevels(action, values), upgradeType(action, values.unsafe), { validateOnly: dryRun })
  const failed = updates.filter(({ error }) => error !== null)
  const tried = (update: FeatureUpdate): string => `${dryRun ? 'Can' : 'Could'} not ${target(action, update)}`
  for (const update of style === 'kts' ? failed : []) await write(stderr, `${program}: ${itemSentence(tried(update), update.error!)}\n`)
  const line = (update: FeatureUpdate): string => {
    if (update.error) return style === 'kts' ? '' : `${tried(update)}. ${update.error.message}\n`
    return `${update.feature} ${dryRun ? 'can be' : 'was'} ${action}d${action === 'disable' ? '' : ` to ${update.level}`}.\n`
  }
  const notice = style === 'drop-in' && values.metadata !== undefined ? ' `metadata` flag is deprecated and may be removed in a future release.\n' : ''
  return {
    data: updates.map(({ feature, level, error }) => ({ feature, level, changed: error === null && !dryRun, ...(error && { error }) })),
    text: () => notice + updates.map(line).join(''),
    exitCode: failed.length > 0 ? 1 : 0,
  }
}

function upgradeType(action: ChangeAction, unsafe: boolean): UpgradeType {
  if (action === 'upgrade') return 'upgrade'
  return unsafe ? 'unsafeDowngrade' : 'safeDowngrade'
}

const target = (action: ChangeAction, { feature, level }: FeatureUpdate): string => `${action} ${feature}${action === 'disable' ? '' : ` to ${level}`}`
