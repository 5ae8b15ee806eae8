// What is asked: at least one request of every API that clients send, whose answer says what its sender may do.
// `view` makes a short text of an answer; by default the error codes in it.
import { NAMES, OPERATION, RESOURCE } from './users.mjs'

const { topic, group, transactionalId, other } = NAMES
const MISSING = 'rights-missing'
const UNKNOWN_ID = 'AAAAAAAAAAAAAAAAAAAABA'
const [TOPIC_CONFIG, BROKER_CONFIG, LOGGER_CONFIG, METRICS_CONFIG, GROUP_CONFIG] = [2, 4, 8, 16, 32]
const NO_PRODUCER = { producerId: 4_000_000n, producerEpoch: 0 }
const everyTopic = [topic, other.topic, MISSING, 'open-topic']

/** Every error code in an answer, in the order of its fields; of equal ones in a row one. */
export function codesIn(answer) {
  const codes = []
  const walk = (value, key) => {
    if (Array.isArray(value)) value.forEach((item) => walk(item, key))
    else if (value !== null && typeof value === 'object' && !Buffer.isBuffer(value))
      Object.entries(value).forEach(([name, inner]) => walk(inner, name))
    else if (/errorCode$/i.test(key)) codes.push(value)
  }
  walk(answer, '')
  return codes.filter((code, index) => code !== codes[index - 1]).join(' ')
}

const byName = (items, text) => items.map(text).sort().join(' ')
const NAMED = /^(rights|other|open)-/

const metadataView = ({ topics, clusterAuthorizedOperations }) =>
  `${byName(
    topics.filter(({ name }) => name === null || NAMED.test(name)),
    ({ errorCode, name, topicAuthorizedOperations }) => `${name}:${errorCode}:${topicAuthorizedOperations ?? ''}`,
  )} ${clusterAuthorizedOperations ?? ''}`

const topicsView = (field) => (answer) => byName(answer[field], (each) => `${each.name ?? each.topic}:${codesIn(each)}`)

const configs = (resourceType, resourceName, name, value) => ({
  resources: [{ resourceType, resourceName, configs: [{ name, value }] }],
  validateOnly: true,
})
const changes = (resourceType, resourceName, name, value) => ({
  resources: [{ resourceType, resourceName, configs: [{ name, configOperation: 0, value }] }],
  validateOnly: true,
})
const anyAcl = {
  resourceTypeFilter: RESOURCE.topic,
  resourceNameFilter: 'no-such-topic',
  patternTypeFilter: 3,
  principalFilter: null,
  hostFilter: null,
  operation: 1,
  permissionType: 1,
}
const fetched = (name, topicId) => ({
  maxWaitMs: 0,
  minBytes: 0,
  topics: [{ topic: name, topicId, partitions: [{ partition: 0, fetchOffset: 0n, partitionMaxBytes: 1000 }] }],
})
const produced = (name, topicId, records, id = null) => ({
  transactionalId: id,
  acks: 1,
  timeoutMs: 5000,
  topicData: [{ name, topicId, partitionData: [{ index: 0, records }] }],
})
const commits = (name, topicId) => [{ name, topicId, partitions: [{ partitionIndex: 0, committedOffset: 0n }] }]

const RECORDS = [
  ...[topic, other.topic, MISSING].map((name) => ({
    name: `Produce ${name}`,
    api: 'Produce',
    version: 12,
    request: ({ batch }) => produced(name, undefined, batch),
  })),
  { name: 'Produce by id', api: 'Produce', request: ({ batch, topicId }) => produced(topic, topicId, batch) },
  { name: 'Produce by unknown id', api: 'Produce', request: ({ batch }) => produced(topic, UNKNOWN_ID, batch) },
  {
    name: 'Produce in a transaction',
    api: 'Produce',
    version: 11,
    request: ({ transactionalBatch }) => produced(topic, undefined, transactionalBatch, transactionalId),
  },
  {
    name: 'Produce in a transaction of no name',
    api: 'Produce',
    version: 11,
    request: ({ transactionalBatch }) => produced(MISSING, undefined, transactionalBatch),
  },
  ...[topic, other.topic, MISSING].map((name) => ({
    name: `Fetch ${name}`,
    api: 'Fetch',
    version: 12,
    request: () => fetched(name),
  })),
  { name: 'Fetch by id', api: 'Fetch', request: ({ topicId }) => fetched(topic, topicId) },
  { name: 'Fetch by unknown id', api: 'Fetch', request: () => fetched(topic, UNKNOWN_ID) },
  {
    name: 'Fetch as a follower',
    api: 'Fetch',
    version: 12,
    request: () => ({ ...fetched(topic), replicaId: 77 }),
  },
  {
    name: 'ListOffsets',
    api: 'ListOffsets',
    request: () => ({
      replicaId: -1,
      topics: everyTopic.map((name) => ({ name, partitions: [{ partitionIndex: 0, timestamp: -1n }] })),
    }),
    view: topicsView('topics'),
  },
  {
    name: 'OffsetForLeaderEpoch',
    api: 'OffsetForLeaderEpoch',
    request: () => ({
      replicaId: -1,
      topics: everyTopic.map((name) => ({ topic: name, partitions: [{ partition: 0, leaderEpoch: 0 }] })),
    }),
    view: topicsView('topics'),
  },
  {
    name: 'DeleteRecords',
    api: 'DeleteRecords',
    request: () => ({
      topics: everyTopic.map((name) => ({ name, partitions: [{ partitionIndex: 0, offset: 0n }] })),
      timeoutMs: 5000,
    }),
    view: topicsView('topics'),
  },
  {
    name: 'DescribeProducers',
    api: 'DescribeProducers',
    request: () => ({ topics: everyTopic.map((name) => ({ name, partitionIndexes: [0] })) }),
    view: topicsView('topics'),
  },
]

const METADATA = [
  {
    name: 'Metadata of all',
    api: 'Metadata',
    request: () => ({ topics: null, includeTopicAuthorizedOperations: true }),
    view: metadataView,
  },
  {
    name: 'Metadata by name',
    api: 'Metadata',
    version: 10,
    request: () => ({
      topics: everyTopic.map((name) => ({ name })),
      allowAutoTopicCreation: false,
      includeTopicAuthorizedOperations: true,
      includeClusterAuthorizedOperations: true,
    }),
    view: metadataView,
  },
  {
    name: 'Metadata by id',
    api: 'Metadata',
    request: ({ topicId }) => ({
      topics: [
        { name: null, topicId },
        { name: null, topicId: UNKNOWN_ID },
      ],
      allowAutoTopicCreation: false,
    }),
    view: metadataView,
  },
  {
    name: 'Metadata that may create',
    api: 'Metadata',
    // No topic can have this name, so that nobody makes it.
    request: () => ({ topics: [{ name: 'rights-?' }], allowAutoTopicCreation: true }),
    view: ({ topics }) => codesIn(topics),
  },
  {
    name: 'DescribeTopicPartitions',
    api: 'DescribeTopicPartitions',
    request: () => ({ topics: everyTopic.map((name) => ({ name })), responsePartitionLimit: 100 }),
    view: metadataView,
  },
  {
    name: 'DescribeTopicPartitions of all',
    api: 'DescribeTopicPartitions',
    request: () => ({ topics: [], responsePartitionLimit: 1000 }),
    view: metadataView,
  },
  {
    name: 'DescribeCluster',
    api: 'DescribeCluster',
    request: () => ({ includeClusterAuthorizedOperations: true }),
    view: ({ errorCode, clusterAuthorizedOperations }) => `${errorCode} ${clusterAuthorizedOperations}`,
  },
  {
    name: 'DescribeQuorum',
    api: 'DescribeQuorum',
    request: () => ({ topics: [{ topicName: '__cluster_metadata', partitions: [{ partitionIndex: 0 }] }] }),
  },
  {
    name: 'ApiVersions',
    api: 'ApiVersions',
    request: () => ({ clientSoftwareName: 'kts', clientSoftwareVersion: '1' }),
  },
]

const GROUPS = [
  ...[group, other.group].map((groupId) => ({
    name: `OffsetCommit ${groupId}`,
    api: 'OffsetCommit',
    version: 9,
    request: () => ({
      groupId,
      topics: [topic, other.topic, MISSING].flatMap((name) => commits(name)),
    }),
    view: topicsView('topics'),
  })),
  {
    name: 'OffsetCommit by id',
    api: 'OffsetCommit',
    request: ({ topicId }) => ({ groupId: group, topics: [...commits('', topicId), ...commits('', UNKNOWN_ID)] }),
    view: ({ topics }) => byName(topics, codesIn),
  },
  {
    name: 'OffsetFetch',
    api: 'OffsetFetch',
    version: 9,
    request: () => ({
      groups: [group, other.group].map((groupId) => ({
        groupId,
        topics: [topic, other.topic, MISSING].map((name) => ({ name, partitionIndexes: [0] })),
      })),
    }),
    view: ({ groups }) => byName(groups, (each) => `${each.groupId}:${each.errorCode}[${topicsView('topics')(each)}]`),
  },
  {
    name: 'OffsetFetch of all topics',
    api: 'OffsetFetch',
    version: 9,
    request: () => ({ groups: [group, other.group].map((groupId) => ({ groupId, topics: null })) }),
    view: ({ groups }) => byName(groups, (each) => `${each.groupId}:${each.errorCode}[${topicsView('topics')(each)}]`),
  },
  {
    name: 'OffsetFetch of one group',
    api: 'OffsetFetch',
    version: 7,
    request: () => ({ groupId: group, topics: [{ name: topic, partitionIndexes: [0] }] }),
  },
  {
    name: 'OffsetFetch by id',
    api: 'OffsetFetch',
    request: ({ topicId }) => ({
      groups: [
        {
          groupId: group,
          topics: [
            { topicId, partitionIndexes: [0] },
            { topicId: UNKNOWN_ID, partitionIndexes: [0] },
          ],
        },
      ],
    }),
  },
  ...[0, 1].map((keyType) => ({
    name: `FindCoordinator ${['group', 'transaction'][keyType]}`,
    api: 'FindCoordinator',
    request: () => ({
      keyType,
      coordinatorKeys: keyType === 0 ? [group, other.group] : [transactionalId, other.transactionalId],
    }),
    view: ({ coordinators }) => byName(coordinators, ({ key, errorCode }) => `${key}:${errorCode}`),
  })),
  {
    name: 'FindCoordinator of one group',
    api: 'FindCoordinator',
    version: 3,
    request: () => ({ key: group, keyType: 0 }),
  },
  {
    name: 'JoinGroup',
    api: 'JoinGroup',
    // Too short a session: who may join is told so.
    request: () => ({
      groupId: group,
      sessionTimeoutMs: 1,
      memberId: '',
      protocolType: 'consumer',
      protocols: [{ name: 'range', metadata: Buffer.alloc(0) }],
    }),
  },
  {
    name: 'SyncGroup',
    api: 'SyncGroup',
    request: () => ({
      groupId: group,
      generationId: 1,
      memberId: 'x',
      protocolType: 'consumer',
      protocolName: 'range',
    }),
  },
  {
    name: 'SyncGroup without a protocol',
    api: 'SyncGroup',
    request: () => ({ groupId: group, generationId: 1, memberId: 'x' }),
  },
  { name: 'Heartbeat', api: 'Heartbeat', request: () => ({ groupId: group, generationId: 1, memberId: 'x' }) },
  { name: 'LeaveGroup', api: 'LeaveGroup', request: () => ({ groupId: group, members: [{ memberId: 'x' }] }) },
  {
    name: 'DescribeGroups',
    api: 'DescribeGroups',
    request: () => ({ groups: [group, other.group, 'rights-none'], includeAuthorizedOperations: true }),
    view: ({ groups }) =>
      byName(
        groups,
        ({ groupId, errorCode, authorizedOperations }) => `${groupId}:${errorCode}:${authorizedOperations}`,
      ),
  },
  {
    name: 'ConsumerGroupDescribe',
    api: 'ConsumerGroupDescribe',
    request: () => ({ groupIds: [group, other.group, 'rights-none'], includeAuthorizedOperations: true }),
    view: ({ groups }) =>
      byName(
        groups,
        ({ groupId, errorCode, authorizedOperations }) => `${groupId}:${errorCode}:${authorizedOperations}`,
      ),
  },
  ...[topic, other.topic].map((name) => ({
    name: `ConsumerGroupHeartbeat ${name}`,
    api: 'ConsumerGroupHeartbeat',
    request: () => ({
      groupId: group,
      memberId: 'AAAAAAAAAAAAAAAAAAAABA',
      memberEpoch: 5,
      rebalanceTimeoutMs: -1,
      subscribedTopicNames: [name],
      topicPartitions: null,
    }),
  })),
  {
    name: 'ListGroups',
    api: 'ListGroups',
    request: () => ({}),
    view: ({ errorCode, groups }) =>
      `${errorCode} ${byName(
        groups.filter(({ groupId }) => NAMED.test(groupId)),
        ({ groupId }) => groupId,
      )}`,
  },
  {
    name: 'OffsetDelete',
    api: 'OffsetDelete',
    changes: true,
    request: () => ({
      groupId: group,
      topics: [topic, other.topic, MISSING].map((name) => ({ name, partitions: [{ partitionIndex: 0 }] })),
    }),
    view: ({ errorCode, topics }) => `${errorCode} ${topicsView('topics')({ topics })}`,
  },
  {
    name: 'DeleteGroups',
    api: 'DeleteGroups',
    changes: true,
    request: () => ({ groupsNames: [group, other.group] }),
    view: ({ results }) => byName(results, ({ groupId, errorCode }) => `${groupId}:${errorCode}`),
  },
]

const TRANSACTIONS = [
  {
    name: 'InitProducerId',
    api: 'InitProducerId',
    request: () => ({ transactionalId: null, transactionTimeoutMs: 1000 }),
  },
  {
    name: 'InitProducerId of a transaction',
    api: 'InitProducerId',
    // A time that nobody may ask for, so that nobody's epoch changes.
    request: () => ({ transactionalId, transactionTimeoutMs: -1 }),
  },
  {
    name: 'AddPartitionsToTxn',
    api: 'AddPartitionsToTxn',
    version: 3,
    request: () => ({
      v3AndBelowTransactionalId: transactionalId,
      v3AndBelowProducerId: NO_PRODUCER.producerId,
      v3AndBelowProducerEpoch: 0,
      v3AndBelowTopics: [topic, other.topic, MISSING, '__consumer_offsets'].map((name) => ({ name, partitions: [0] })),
    }),
    view: topicsView('resultsByTopicV3AndBelow'),
  },
  {
    name: 'AddPartitionsToTxn of one topic',
    api: 'AddPartitionsToTxn',
    version: 3,
    request: () => ({
      v3AndBelowTransactionalId: transactionalId,
      v3AndBelowProducerId: NO_PRODUCER.producerId,
      v3AndBelowProducerEpoch: 0,
      v3AndBelowTopics: [{ name: topic, partitions: [0] }],
    }),
  },
  {
    name: 'AddPartitionsToTxn of brokers',
    api: 'AddPartitionsToTxn',
    request: () => ({
      transactions: [{ transactionalId, ...NO_PRODUCER, verifyOnly: true, topics: [{ name: topic, partitions: [0] }] }],
    }),
  },
  {
    name: 'AddOffsetsToTxn',
    api: 'AddOffsetsToTxn',
    request: () => ({ transactionalId, ...NO_PRODUCER, groupId: group }),
  },
  { name: 'EndTxn', api: 'EndTxn', version: 4, request: () => ({ transactionalId, ...NO_PRODUCER, committed: true }) },
  {
    name: 'TxnOffsetCommit',
    api: 'TxnOffsetCommit',
    version: 3,
    request: () => ({
      transactionalId,
      groupId: group,
      ...NO_PRODUCER,
      memberId: 'x',
      generationId: 7,
      topics: [topic, other.topic, MISSING].flatMap((name) => commits(name)),
    }),
    view: topicsView('topics'),
  },
  {
    name: 'WriteTxnMarkers',
    api: 'WriteTxnMarkers',
    request: () => ({
      markers: [
        {
          ...NO_PRODUCER,
          transactionResult: false,
          topics: [{ name: MISSING, partitionIndexes: [0] }],
          coordinatorEpoch: 0,
        },
      ],
    }),
  },
  {
    name: 'DescribeTransactions',
    api: 'DescribeTransactions',
    request: () => ({ transactionalIds: [transactionalId, other.transactionalId, 'rights-none'] }),
    view: ({ transactionStates }) => byName(transactionStates, (each) => `${each.transactionalId}:${each.errorCode}`),
  },
  {
    name: 'ListTransactions',
    api: 'ListTransactions',
    request: () => ({}),
    view: ({ errorCode, transactionStates }) =>
      `${errorCode} ${byName(transactionStates, (each) => each.transactionalId)}`,
  },
]

const TOKENS = [
  {
    name: 'CreateDelegationToken',
    api: 'CreateDelegationToken',
    request: () => ({ ownerPrincipalType: null, ownerPrincipalName: null, renewers: [], maxLifetimeMs: -1n }),
  },
  {
    name: 'CreateDelegationToken for another',
    api: 'CreateDelegationToken',
    request: () => ({ ownerPrincipalType: 'User', ownerPrincipalName: 'x', renewers: [], maxLifetimeMs: -1n }),
  },
  { name: 'DescribeDelegationToken', api: 'DescribeDelegationToken', request: () => ({ owners: null }) },
  {
    name: 'RenewDelegationToken',
    api: 'RenewDelegationToken',
    request: () => ({ hmac: Buffer.from('x'), renewPeriodMs: 1n }),
  },
  {
    name: 'ExpireDelegationToken',
    api: 'ExpireDelegationToken',
    request: () => ({ hmac: Buffer.from('x'), expiryTimePeriodMs: 1n }),
  },
]

const newTopic = { numPartitions: 1, replicationFactor: 1 }

const ADMIN = [
  {
    name: 'CreateTopics',
    api: 'CreateTopics',
    request: () => ({
      topics: [topic, other.topic, MISSING, 'other-missing'].map((name) => ({ name, ...newTopic })),
      timeoutMs: 5000,
      validateOnly: true,
    }),
    view: topicsView('topics'),
  },
  {
    name: 'CreatePartitions',
    api: 'CreatePartitions',
    request: () => ({
      topics: everyTopic.map((name) => ({ name, count: 2, assignments: null })),
      timeoutMs: 5000,
      validateOnly: true,
    }),
    view: topicsView('results'),
  },
  ...[
    [TOPIC_CONFIG, topic],
    [TOPIC_CONFIG, other.topic],
    [TOPIC_CONFIG, MISSING],
    [BROKER_CONFIG, '1'],
    [LOGGER_CONFIG, '1'],
    [METRICS_CONFIG, 'rights-metrics'],
    [GROUP_CONFIG, group],
  ].map(([resourceType, resourceName]) => ({
    name: `DescribeConfigs ${resourceType} ${resourceName}`,
    api: 'DescribeConfigs',
    request: () => ({ resources: [{ resourceType, resourceName, configurationKeys: null }] }),
  })),
  ...[
    [TOPIC_CONFIG, topic, 'retention.ms', '1000'],
    [TOPIC_CONFIG, MISSING, 'retention.ms', '1000'],
    [BROKER_CONFIG, '1', 'log.cleaner.threads', '1'],
    [METRICS_CONFIG, 'rights-metrics', 'interval.ms', '1000'],
    [GROUP_CONFIG, group, 'consumer.session.timeout.ms', '45000'],
  ].flatMap((setting) => [
    { name: `AlterConfigs ${setting.slice(0, 2).join(' ')}`, api: 'AlterConfigs', request: () => configs(...setting) },
    {
      name: `IncrementalAlterConfigs ${setting.slice(0, 2).join(' ')}`,
      api: 'IncrementalAlterConfigs',
      request: () => changes(...setting),
    },
  ]),
  {
    name: 'IncrementalAlterConfigs of a logger',
    api: 'IncrementalAlterConfigs',
    request: () => changes(LOGGER_CONFIG, '1', 'org.apache.kafka', 'INFO'),
  },
  {
    name: 'ListConfigResources',
    api: 'ListConfigResources',
    request: () => ({ resourceTypes: [] }),
  },
  { name: 'DescribeAcls', api: 'DescribeAcls', request: () => anyAcl },
  {
    name: 'CreateAcls',
    api: 'CreateAcls',
    request: () => ({
      creations: [1, 2].map(() => ({
        resourceType: RESOURCE.topic,
        resourceName: '',
        resourcePatternType: 3,
        principal: 'User:x',
        host: '*',
        operation: OPERATION.READ,
        permissionType: 3,
      })),
    }),
  },
  { name: 'DeleteAcls', api: 'DeleteAcls', request: () => ({ filters: [anyAcl, anyAcl] }) },
  { name: 'DescribeLogDirs', api: 'DescribeLogDirs', request: () => ({ topics: null }) },
  { name: 'DescribeLogDirs of version 1', api: 'DescribeLogDirs', version: 1, request: () => ({ topics: null }) },
  {
    name: 'AlterReplicaLogDirs',
    api: 'AlterReplicaLogDirs',
    request: () => ({ dirs: [{ path: '/no/such/folder', topics: [{ name: topic, partitions: [0] }] }] }),
  },
  {
    name: 'ElectLeaders',
    api: 'ElectLeaders',
    request: () => ({ electionType: 0, topicPartitions: [{ topic, partitions: [0] }], timeoutMs: 5000 }),
  },
  {
    name: 'AlterPartitionReassignments',
    api: 'AlterPartitionReassignments',
    request: () => ({
      topics: [{ name: topic, partitions: [{ partitionIndex: 0, replicas: null }] }],
      timeoutMs: 5000,
    }),
  },
  {
    name: 'ListPartitionReassignments',
    api: 'ListPartitionReassignments',
    request: () => ({ topics: null, timeoutMs: 5000 }),
  },
  {
    name: 'DescribeClientQuotas',
    api: 'DescribeClientQuotas',
    request: () => ({ components: [{ entityType: 'user', matchType: 0, match: 'x' }], strict: false }),
  },
  {
    name: 'AlterClientQuotas',
    api: 'AlterClientQuotas',
    request: () => ({
      entries: [
        {
          entity: [{ entityType: 'user', entityName: 'x' }],
          ops: [{ key: 'producer_byte_rate', value: 9, remove: false }],
        },
      ],
      validateOnly: true,
    }),
  },
  {
    name: 'DescribeUserScramCredentials',
    api: 'DescribeUserScramCredentials',
    request: () => ({ users: [{ name: 'x' }] }),
  },
  {
    name: 'AlterUserScramCredentials',
    api: 'AlterUserScramCredentials',
    request: () => ({ deletions: [{ name: 'x', mechanism: 1 }], upsertions: [] }),
  },
  {
    name: 'UpdateFeatures',
    api: 'UpdateFeatures',
    request: () => ({
      featureUpdates: [{ feature: 'no.such.feature', maxVersionLevel: 1, upgradeType: 1 }],
      timeoutMs: 5000,
      validateOnly: true,
    }),
  },
  { name: 'UnregisterBroker', api: 'UnregisterBroker', request: () => ({ brokerId: 99 }) },
  {
    name: 'AddRaftVoter',
    api: 'AddRaftVoter',
    request: () => ({
      clusterId: null,
      timeoutMs: 5000,
      voterId: 99,
      voterDirectoryId: UNKNOWN_ID,
      listeners: [{ name: 'CONTROLLER', host: 'localhost', port: 1 }],
    }),
  },
  {
    name: 'RemoveRaftVoter',
    api: 'RemoveRaftVoter',
    request: () => ({ clusterId: null, voterId: 99, voterDirectoryId: UNKNOWN_ID }),
  },
  {
    name: 'DeleteTopics of none',
    api: 'DeleteTopics',
    request: () => ({ topics: [{ name: MISSING }, { name: null, topicId: UNKNOWN_ID }], timeoutMs: 5000 }),
    view: topicsView('responses'),
  },
  {
    name: 'DeleteTopics by name',
    api: 'DeleteTopics',
    changes: true,
    request: () => ({ topics: [{ name: topic }], timeoutMs: 5000 }),
    view: topicsView('responses'),
  },
  {
    name: 'DeleteTopics by id',
    api: 'DeleteTopics',
    changes: true,
    request: ({ topicId }) => ({ topics: [{ name: null, topicId }], timeoutMs: 5000 }),
    view: topicsView('responses'),
  },
]

export const CASES = [...RECORDS, ...METADATA, ...GROUPS, ...TRANSACTIONS, ...TOKENS, ...ADMIN]
