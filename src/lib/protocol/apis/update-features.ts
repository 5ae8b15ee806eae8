import { api, type RequestOf } from '../api.ts'
import { array, bool, int16, int32, int8, nullableString, string } from '../schema.ts'

/** FeatureUpdate.UpgradeType. */
export const UPGRADE_TYPES = { upgrade: 1, safeDowngrade: 2, unsafeDowngrade: 3 } as const
export type UpgradeType = keyof typeof UPGRADE_TYPES

export const UpdateFeatures = api(57, 'UpdateFeatures', {
  versions: '0-2',
  flexible: '0+',
  request: {
    timeoutMs: int32('0+', { default: 60000 }),
    featureUpdates: array('0+', {
      feature: string('0+'),
      maxVersionLevel: int16('0+'),
      upgradeType: int8('1+', { default: 1 }),
      allowDowngrade: bool('0'),
    }),
    validateOnly: bool('1+'),
  },
  response: {
    throttleTimeMs: int32('0+'),
    errorCode: int16('0+'),
    errorMessage: nullableString('0+', '0+', { default: '' }),
    results: array(
      '0-1',
      {
        feature: string('0-1'),
        errorCode: int16('0-1'),
        errorMessage: nullableString('0-1', '0-1', { default: '' }),
      },
      { ignorable: true },
    ),
  },
})

export type UpdateFeaturesRequest = RequestOf<typeof UpdateFeatures>
