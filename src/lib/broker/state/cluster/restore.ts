import type { MetadataRecord, NewMetadataRecord } from '../../../protocol/internal-records/index.ts'

/**
 * What is to be removed before the records of a snapshot are applied: everything of an image that the snapshot does not
 * have (a topic that was deleted and made again has another id).
 */
export function* missingFrom(
  snapshot: readonly MetadataRecord[],
  image: Iterable<NewMetadataRecord>,
): Generator<NewMetadataRecord> {
  const kept = new Set(snapshot.map(keyOf))
  const gone = new Set<string>()
  for (const record of image) {
    if (kept.has(keyOf(record))) continue
    // Its settings and partitions go with it.
    if (record.type === 'TOPIC_RECORD') gone.add(record.name!)
    const isOfTopic = record.type === 'CONFIG_RECORD' && gone.has(record.resourceName!)
    const removal = isOfTopic ? null : removalOf(record)
    if (removal) yield removal
  }
}

function keyOf(record: NewMetadataRecord): string {
  switch (record.type) {
    case 'TOPIC_RECORD':
      return `topic ${record.topicId}`
    case 'CONFIG_RECORD':
      return `config ${record.resourceType} ${record.resourceName} ${record.name}`
    case 'CLIENT_QUOTA_RECORD':
      return `quota ${JSON.stringify(record.entity)} ${record.key}`
    case 'USER_SCRAM_CREDENTIAL_RECORD':
      return `scram ${record.name} ${record.mechanism}`
    case 'ACCESS_CONTROL_ENTRY_RECORD':
      return `acl ${record.id}`
    case 'REGISTER_BROKER_RECORD':
      return `broker ${record.brokerId}`
    case 'FEATURE_LEVEL_RECORD':
      return `feature ${record.name}`
    case 'DELEGATION_TOKEN_RECORD':
      return `token ${record.tokenId}`
    default:
      return record.type
  }
}

function removalOf(record: NewMetadataRecord): NewMetadataRecord | null {
  switch (record.type) {
    case 'TOPIC_RECORD':
      return { type: 'REMOVE_TOPIC_RECORD', topicId: record.topicId }
    case 'CONFIG_RECORD':
      return { ...record, value: null }
    case 'CLIENT_QUOTA_RECORD':
      return { ...record, remove: true }
    case 'USER_SCRAM_CREDENTIAL_RECORD':
      return { type: 'REMOVE_USER_SCRAM_CREDENTIAL_RECORD', name: record.name, mechanism: record.mechanism }
    case 'ACCESS_CONTROL_ENTRY_RECORD':
      return { type: 'REMOVE_ACCESS_CONTROL_ENTRY_RECORD', id: record.id }
    case 'REGISTER_BROKER_RECORD':
      return { type: 'UNREGISTER_BROKER_RECORD', brokerId: record.brokerId, brokerEpoch: record.brokerEpoch }
    case 'FEATURE_LEVEL_RECORD':
      return { ...record, featureLevel: 0 }
    case 'DELEGATION_TOKEN_RECORD':
      return { type: 'REMOVE_DELEGATION_TOKEN_RECORD', tokenId: record.tokenId }
    default:
      return null
  }
}
