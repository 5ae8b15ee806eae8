import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { ApiVersions } from '../../../../src/lib/protocol/apis/api-versions.ts'
import {
  FEATURES,
  METADATA_VERSION,
  RELEASES,
  levelOf,
  releaseOf,
} from '../../../../src/lib/protocol/metadata-version.ts'
import { TestBroker } from '../../../support/broker.ts'

let broker: TestBroker
beforeEach(() => {
  broker = new TestBroker()
})
afterEach(() => broker.close())

const ask = (version: number) =>
  broker.send(ApiVersions, { clientSoftwareName: 'test', clientSoftwareVersion: '1' }, version)

describe('the features of a broker', () => {
  test('have the versions of Kafka 4.3', async () => {
    const { supportedFeatures } = await ask(4)
    const known = FEATURES.map(({ name, maxLevel }) => ({ name, minVersion: 0, maxVersion: maxLevel }))
    const metadata = { name: METADATA_VERSION, minVersion: levelOf(RELEASES[0]!)!, maxVersion: levelOf('4.3')! }
    const byName = (a: { name: string }, b: { name: string }): number => (a.name < b.name ? -1 : 1)
    expect(supportedFeatures.sort(byName)).toEqual([...known, metadata].sort(byName))
  })

  test('are in force as far as it has them, and at level 0 none is', async () => {
    const { finalizedFeatures } = await ask(4)
    const levels = finalizedFeatures.map(({ name, minVersionLevel, maxVersionLevel }) => [
      name,
      minVersionLevel,
      maxVersionLevel,
    ])
    expect(levels.sort()).toEqual([
      ['eligible.leader.replicas.version', 1, 1],
      ['group.version', 1, 1],
      ['metadata.version', 30, 30],
      ['transaction.version', 2, 2],
    ])
    expect(releaseOf(30)).toBe('4.3-IV0')
  })

  // As Kafka 4.3 answers version 3: its clients refuse a smallest version of 0 (KAFKA-17011).
  test('begin at 1 for older clients', async () => {
    expect((await ask(3)).supportedFeatures).toEqual([{ name: 'metadata.version', minVersion: 7, maxVersion: 30 }])
    expect((await ask(3)).finalizedFeatures).toHaveLength(4)
  })
})
