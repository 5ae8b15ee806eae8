import { OFFSETS_TOPIC } from '../../../protocol/topic-names.ts'
import type { BrokerState } from '../broker.ts'
import type { Cluster } from '../cluster/cluster.ts'
import { controllerAddresses } from '../configs/roles.ts'
import { groupOverrides, groupSettings, offsetsTopic } from '../groups/settings.ts'
import { isWithoutPeers, LogStateTopic } from './log-state-topic.ts'
import { GroupCoordinator } from '../groups/coordinator.ts'
import type { TopicLookup } from '../groups/topic-lookup.ts'

/** The coordinator of the groups that this node leads, with what it has kept of them. */
export function openGroups(
  broker: BrokerState,
  warn: (line: string) => void,
  info?: (line: string) => void,
): GroupCoordinator {
  const { clock, cluster } = broker
  const isAlone = controllerAddresses(broker.config).length === 0
  const groups = new GroupCoordinator({
    clock,
    warn,
    info,
    settings: groupSettings(() => broker.config),
    topics: topicLookup(cluster),
    stateTopic: new LogStateTopic(broker, {
      warn,
      name: OFFSETS_TOPIC,
      settings: () => offsetsTopic(broker.config, isWithoutPeers(broker, 'offsets.topic.replication.factor')),
      commitTimeoutMs: broker.config.number('offsets.commit.timeout.ms'),
    }),
    pause: isAlone ? undefined : broker.turns.pause,
    overrides: (groupId) => groupOverrides(cluster.configs('group', groupId)),
  })
  groups.load()
  cluster.listen({
    onTopicChanged: () => groups.onMetadataChanged(),
    onTopicRemoved({ name }) {
      groups.onTopicDeleted(name)
      groups.onMetadataChanged()
    },
  })
  return groups
}

const topicLookup = (cluster: Cluster): TopicLookup => ({
  partitionCount: (topic) => cluster.topic(topic)?.partitions.length ?? null,
  topicId: (name) => cluster.topic(name)?.topicId ?? null,
  topicName: (id) => cluster.topicById(id)?.name ?? null,
  names: () => cluster.topicNames(),
})
