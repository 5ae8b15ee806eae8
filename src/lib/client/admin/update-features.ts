import { UPGRADE_TYPES, UpdateFeatures, type UpgradeType } from '../../protocol/apis/update-features.ts'
import type { KafkaClient } from '../types.ts'
import { sendToController } from './controller.ts'
import { itemError, type ItemError } from './item-error.ts'

export type { UpgradeType }

export interface FeatureUpdate {
  readonly feature: string
  readonly level: number
  readonly error: ItemError | null
}

/**
 * Asks for levels of features (KIP-584), all at once; from Kafka 4.0 on all of them change, or none. In order of their
 * names.
 */
export async function updateFeatures(
  client: KafkaClient,
  levels: ReadonlyMap<string, number>,
  type: UpgradeType,
  options: { validateOnly?: boolean } = {},
): Promise<FeatureUpdate[]> {
  const featureUpdates = [...levels].map(([feature, maxVersionLevel]) => ({
    feature,
    maxVersionLevel,
    upgradeType: UPGRADE_TYPES[type],
  }))
  const request = { featureUpdates, validateOnly: options.validateOnly ?? false }
  const response = await sendToController(
    client,
    (node) => client.send(UpdateFeatures, request, node),
    ({ errorCode }) => [errorCode],
  )
  const whole = itemError(response.errorCode, response.errorMessage)
  return [...levels.keys()].sort().map((feature) => {
    const own = response.results.find((result) => result.feature === feature)
    return {
      feature,
      level: levels.get(feature)!,
      error: whole ?? (own ? itemError(own.errorCode, own.errorMessage) : null),
    }
  })
}
