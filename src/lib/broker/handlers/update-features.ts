import { KafkaError } from '../../errors.ts'
import { UPGRADE_TYPES, UpdateFeatures, type UpdateFeaturesRequest } from '../../protocol/apis/update-features.ts'
import { handle } from '../handle.ts'
import { FEATURES } from '../state/features.ts'
import { refusalOf } from '../state/refusal.ts'
import { repeatedIn } from './shared/repeated.ts'

type Update = UpdateFeaturesRequest['featureUpdates'][number]

/** The last version whose answer has a result for each feature. */
const RESULTS_TO = 1

/**
 * All of the updates happen or none (FeatureControlManager). The levels of this broker are those that it was built for:
 * one that would change a level is refused, so it makes no difference whether it is only asked about.
 */
export const updateFeatures = handle(UpdateFeatures, ({ featureUpdates }, { header }) => {
  try {
    const names = featureUpdates.map(({ feature }) => feature)
    const repeated = repeatedIn(names)
    for (const update of featureUpdates) check(header.apiVersion === 0 ? withUpgradeType(update) : update, repeated)
    return {
      errorMessage: null,
      results: header.apiVersion > RESULTS_TO ? [] : names.map((feature) => ({ feature, errorMessage: null })),
    }
  } catch (error) {
    const { errorCode, errorMessage } = refusalOf(error)
    return {
      errorCode,
      errorMessage: `The update failed for all features since the following feature had an error: ${errorMessage}`,
      results: [],
    }
  }
})

const withUpgradeType = (update: Update): Update => ({
  ...update,
  upgradeType: update.allowDowngrade ? UPGRADE_TYPES.safeDowngrade : UPGRADE_TYPES.upgrade,
})

/** Throws KafkaError. */
function check({ feature, maxVersionLevel, upgradeType }: Update, repeated: ReadonlySet<string>): void {
  if (repeated.has(feature)) throw new KafkaError('INVALID_REQUEST', `${feature} is named twice.`)
  const reason = reasonAgainst(feature, maxVersionLevel, upgradeType)
  if (reason !== null)
    throw new KafkaError(
      'INVALID_UPDATE_VERSION',
      `Invalid update version ${maxVersionLevel} for feature ${feature}. ${reason}`,
    )
}

function reasonAgainst(name: string, level: number, upgradeType: number): string | null {
  if (!(Object.values(UPGRADE_TYPES) as number[]).includes(upgradeType))
    return 'The controller does not support the given upgrade type.'
  if (level < 0) return 'A feature version cannot be less than 0.'
  const feature = FEATURES.find((known) => known.name === name)
  if (!feature) return level === 0 ? `Feature ${name} not found.` : 'This broker does not support this feature.'
  if (level < feature.minVersion || level > feature.maxVersion)
    return `This broker only supports versions ${feature.minVersion}-${feature.maxVersion}`
  if (level < feature.level && upgradeType === UPGRADE_TYPES.upgrade) {
    return "Can't downgrade the version of this feature without setting the upgrade type to either safe or unsafe downgrade."
  }
  if (level > feature.level && upgradeType !== UPGRADE_TYPES.upgrade) return "Can't downgrade to a newer version."
  return level === feature.level ? null : `This broker always runs with version ${feature.level}.`
}
