import { describe, expect, test } from 'vitest'
import { formatFolder } from '../../../src/lib/broker/format.ts'
import { MemoryDisk } from '../../../src/lib/broker/log/index.ts'
import { ApiVersions } from '../../../src/lib/protocol/apis/api-versions.ts'
import { UpdateFeatures } from '../../../src/lib/protocol/apis/update-features.ts'
import {
  CLUSTER_METADATA_RECORDS,
  readFramedRecord,
  type NewMetadataRecord,
} from '../../../src/lib/protocol/internal-records/index.ts'
import { levelOf } from '../../../src/lib/protocol/metadata-version.ts'
import { TestBroker } from '../../support/broker.ts'
import { FakeClock } from '../../support/fake-clock.ts'
import { batchesOf, valuesOf } from '../protocol/golden.ts'

const LOG = '/data/__cluster_metadata-0/00000000000000000000.log'
const UPGRADE = 1

/** A broker on a folder that was formatted with `--release-version`. */
function brokerOf(release: string, voters?: Parameters<typeof formatFolder>[2]['voters']) {
  const disk = new MemoryDisk()
  const records: NewMetadataRecord[] = [
    { type: 'FEATURE_LEVEL_RECORD', name: 'metadata.version', featureLevel: levelOf(release)! },
  ]
  formatFolder(disk, new FakeClock(), {
    directory: '/data',
    clusterId: 'a3RzLXRlc3QtY2x1c3Rlcg',
    nodeId: 1,
    records,
    voters,
  })
  return { disk, broker: new TestBroker({ fileSystem: disk }) }
}

/** What lies in the log, as `TYPE version`. */
function written(disk: MemoryDisk): string[] {
  const found: string[] = []
  for (const batch of batchesOf(disk.readFile(LOG)!)) {
    if (batch.header.isControl) continue
    for (const value of valuesOf(batch)) {
      const { type, version } = readFramedRecord(CLUSTER_METADATA_RECORDS, value)
      found.push(`${type.name} ${version}`)
    }
  }
  return found
}

describe('a cluster at an older metadata.version', () => {
  test('has records in versions that its nodes know, without a transaction where there are none', async () => {
    const { disk, broker } = brokerOf('3.5-IV0')
    await broker.createTopic('orders')
    const types = written(disk)
    expect(types).toContain('REGISTER_BROKER_RECORD 2')
    expect(types).toContain('PARTITION_RECORD 0')
    expect(types.some((type) => type.startsWith('BEGIN_TRANSACTION_RECORD'))).toBe(false)
    broker.close()
  })

  test('has new ones from the moment on when it is upgraded', async () => {
    const { disk, broker } = brokerOf('3.7-IV4')
    await broker.createTopic('before')
    const featureUpdates = [{ feature: 'metadata.version', maxVersionLevel: levelOf('4.3-IV0')!, upgradeType: UPGRADE }]
    expect(await broker.send(UpdateFeatures, { featureUpdates })).toMatchObject({ errorCode: 0 })
    await broker.createTopic('after')
    const types = written(disk)
    expect(types[0]).toBe('BEGIN_TRANSACTION_RECORD 0')
    expect(types.filter((type) => type.startsWith('PARTITION_RECORD'))).toEqual([
      'PARTITION_RECORD 1',
      'PARTITION_RECORD 2',
    ])
    broker.close()
    const again = new TestBroker({ fileSystem: disk })
    expect(again.node.broker.cluster.topicNames()).toEqual(['after', 'before'])
    again.close()
  })

  test('is downgraded as far as nothing is lost by it', async () => {
    const { broker } = brokerOf('4.2-IV1')
    const downgrade = async (release: string) => {
      const featureUpdates = [{ feature: 'metadata.version', maxVersionLevel: levelOf(release)!, upgradeType: 2 }]
      return (await broker.send(UpdateFeatures, { featureUpdates })).errorMessage
    }
    expect(await downgrade('4.0-IV1')).toBeNull()
    expect(broker.node.broker.cluster.metadataLevel).toBe(levelOf('4.0-IV1'))
    expect(await downgrade('4.0-IV0')).toContain(
      'Unsupported metadata.version downgrade from 23 to 22. Refusing to perform the requested downgrade',
    )
    broker.close()
  })
})

test('clients are told of kraft.version where the voters are in the log', async () => {
  const voter = {
    voterId: 1,
    voterDirectoryId: 'c0DebIx3pGtwv9XGdhYCnA',
    endpoints: [{ name: 'CONTROLLER', host: 'localhost', port: 9093 }],
    kRaftVersionFeature: { minSupportedVersion: 0, maxSupportedVersion: 1 },
  }
  const { broker } = brokerOf('4.3-IV0', [voter])
  const request = { clientSoftwareName: 'test', clientSoftwareVersion: '1' }
  const { finalizedFeatures } = await broker.send(ApiVersions, request)
  expect(finalizedFeatures).toContainEqual({ name: 'kraft.version', minVersionLevel: 1, maxVersionLevel: 1 })
  broker.close()
})
