import { KafkaError } from '../../errors.ts'
import { UPGRADE_TYPES, UpdateFeatures, type UpdateFeaturesRequest } from '../../protocol/apis/update-features.ts'
import { featureRecords } from '../controller/features.ts'
import { handle, onCluster } from '../handle.ts'
import { refusalOf } from '../state/refusal.ts'
import { repeatedIn } from './shared/repeated.ts'

type Update = UpdateFeaturesRequest['featureUpdates'][number]

/** The last version whose answer has a result for each feature. */
const RESULTS_TO = 1

/** All of the updates happen or none (FeatureControlManager). */
export const updateFeatures = handle(
  UpdateFeatures,
  onCluster('ALTER'),
  ({ featureUpdates, validateOnly }, { broker, header }) => {
    try {
      const names = featureUpdates.map(({ feature }) => feature)
      const [repeated] = repeatedIn(names)
      if (repeated !== undefined) throw new KafkaError('INVALID_REQUEST', `${repeated} is named twice.`)
      const updates = header.apiVersion === 0 ? featureUpdates.map(withUpgradeType) : featureUpdates
      const records = featureRecords(broker, updates, broker.nodeId)
      if (!validateOnly) broker.quorumController.commitTogether(records)
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
  },
)

const withUpgradeType = (update: Update): Update => ({
  ...update,
  upgradeType: update.allowDowngrade ? UPGRADE_TYPES.safeDowngrade : UPGRADE_TYPES.upgrade,
})
