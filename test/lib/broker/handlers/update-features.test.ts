import { afterEach, beforeEach, expect, test } from 'vitest'
import { ApiVersions } from '../../../../src/lib/protocol/apis/api-versions.ts'
import { ConsumerGroupDescribe } from '../../../../src/lib/protocol/apis/consumer-group-describe.ts'
import { ConsumerGroupHeartbeat } from '../../../../src/lib/protocol/apis/consumer-group-heartbeat.ts'
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
    { featureUpdates: [{ feature: 'other.version', maxVersionLevel: 0, allowDowngrade: true }] },
    0,
  )
  expect(refused.errorMessage).toMatch(/Feature other.version not found\.$/)
})

test.each<[string, number, number | undefined, string]>([
  [
    'group.version',
    0,
    UPGRADE,
    "Can't downgrade the version of this feature without setting the upgrade type to either safe or unsafe downgrade.",
  ],
  ['group.version', 2, UPGRADE, 'Local controller 1 only supports versions 0-1'],
  ['group.version', -1, UPGRADE, 'A feature version cannot be less than 0.'],
  ['group.version', 1, 9, 'The controller does not support the given upgrade type.'],
  ['kraft.version', 1, UPGRADE, 'The voters of this quorum are those of its configuration.'],
  ['share.version', 1, UPGRADE, 'Local controller 1 does not support this feature.'],
  ['other.version', 1, UPGRADE, 'Local controller 1 does not support this feature.'],
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

test.each<[number, string]>([
  [SAFE_DOWNGRADE, 'Refusing to perform the requested downgrade because it might delete metadata information.'],
  [UNSAFE_DOWNGRADE, 'Unsafe metadata downgrade is not supported in this version.'],
])('the metadata keeps its version: type %i', async (upgradeType, reason) => {
  expect(await update('metadata.version', 29, upgradeType)).toEqual([
    ERRORS.INVALID_UPDATE_VERSION,
    `The update failed for all features since the following feature had an error: Unsupported metadata.version downgrade from 30 to 29. ${reason}`,
  ])
})

test('a level that is lowered holds, is told, and can be raised again', async () => {
  const finalized = async () =>
    (await broker.send(ApiVersions, { clientSoftwareName: 'a', clientSoftwareVersion: '1' })).finalizedFeatures
      .filter(({ name }) => name === 'group.version')
      .map(({ maxVersionLevel }) => maxVersionLevel)
  const validateOnly = { featureUpdates: [{ feature: 'group.version', maxVersionLevel: 0, upgradeType: 2 }] }
  expect((await broker.send(UpdateFeatures, { ...validateOnly, validateOnly: true })).errorCode).toBe(0)
  expect(await finalized()).toEqual([1])
  expect(await update('group.version', 0, SAFE_DOWNGRADE)).toEqual([0, null])
  expect(await finalized()).toEqual([])
  const heartbeat = await broker.send(ConsumerGroupHeartbeat, { groupId: 'g', memberId: 'm' })
  expect(heartbeat).toMatchObject({ errorCode: ERRORS.UNSUPPORTED_VERSION, errorMessage: null })
  const { groups } = await broker.send(ConsumerGroupDescribe, { groupIds: ['g'] })
  expect(groups).toMatchObject([{ groupId: 'g', errorCode: ERRORS.UNSUPPORTED_VERSION }])
  expect(await update('group.version', 1)).toEqual([0, null])
  expect(await finalized()).toEqual([1])
})
