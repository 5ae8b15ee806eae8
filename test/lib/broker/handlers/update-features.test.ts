import { afterEach, beforeEach, expect, test } from 'vitest'
import { UpdateFeatures } from '../../../../src/lib/protocol/apis/update-features.ts'
import { ERRORS } from '../../../../src/lib/protocol/errors.ts'
import { TestBroker } from '../../../support/broker.ts'

const [UPGRADE, SAFE_DOWNGRADE, UNSAFE_DOWNGRADE] = [1, 2, 3]

let broker: TestBroker
beforeEach(() => {
  broker = new TestBroker()
})
afterEach(() => broker.close())

async function update(feature: string, maxVersionLevel: number, upgradeType = UPGRADE) {
  const { errorCode, errorMessage, results } = await broker.send(UpdateFeatures, {
    featureUpdates: [{ feature, maxVersionLevel, upgradeType }],
  })
  expect(results).toEqual([])
  return [errorCode, errorMessage]
}

test('the levels that are in force can be asked for', async () => {
  expect(await update('group.version', 1)).toEqual([0, null])
  expect(await update('transaction.version', 2, SAFE_DOWNGRADE)).toEqual([0, null])
})

test('the first two versions have a result for each feature', async () => {
  const answer = await broker.send(
    UpdateFeatures,
    { featureUpdates: [{ feature: 'group.version', maxVersionLevel: 1 }] },
    1,
  )
  expect(answer).toMatchObject({ errorCode: 0, results: [{ feature: 'group.version', errorCode: 0 }] })
  const refused = await broker.send(
    UpdateFeatures,
    { featureUpdates: [{ feature: 'group.version', maxVersionLevel: 0, allowDowngrade: true }] },
    0,
  )
  expect(refused.errorMessage).toMatch(/always runs with version 1\.$/)
})

test.each<[string, number, number | undefined, string]>([
  [
    'group.version',
    0,
    UPGRADE,
    "Can't downgrade the version of this feature without setting the upgrade type to either safe or unsafe downgrade.",
  ],
  ['group.version', 0, UNSAFE_DOWNGRADE, 'This broker always runs with version 1.'],
  ['group.version', 2, UPGRADE, 'This broker only supports versions 0-1'],
  ['group.version', -1, UPGRADE, 'A feature version cannot be less than 0.'],
  ['group.version', 1, 9, 'The controller does not support the given upgrade type.'],
  ['metadata.version', 29, SAFE_DOWNGRADE, 'This broker always runs with version 30.'],
  ['share.version', 1, UPGRADE, 'This broker always runs with version 0.'],
  ['other.version', 1, UPGRADE, 'This broker does not support this feature.'],
  ['other.version', 0, SAFE_DOWNGRADE, 'Feature other.version not found.'],
])('%s at %i by %i is refused', async (feature, level, upgradeType, reason) => {
  expect(await update(feature, level, upgradeType)).toEqual([
    ERRORS.INVALID_UPDATE_VERSION,
    `The update failed for all features since the following feature had an error: Invalid update version ${level} for feature ${feature}. ${reason}`,
  ])
})

test('a feature named twice is refused', async () => {
  const twice = { feature: 'group.version', maxVersionLevel: 1 }
  expect((await broker.send(UpdateFeatures, { featureUpdates: [twice, twice] })).errorCode).toBe(ERRORS.INVALID_REQUEST)
})
