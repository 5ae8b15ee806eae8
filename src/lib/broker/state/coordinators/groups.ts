import type { Broker } from '../broker.ts'
import { groupOverrides, groupSettings, offsetsTopic } from '../groups/broker-settings.ts'
import { LogStateTopic } from './log-state-topic.ts'
import { GroupCoordinator } from '../groups/coordinator.ts'
import type { TopicLookup } from '../groups/topic-lookup.ts'

/** The coordinator of the groups that this node leads, with what it has kept of them. */
export function openGroups(broker: () => Broker, warn: (line: string) => void): GroupCoordinator {
  const { clock, cluster } = broker()
  const groups = new GroupCoordinator({
    clock,
    warn,
    settings: groupSettings(() => broker().config),
    topics: topicLookup(broker),
    stateTopic: new LogStateTopic(broker, () => offsetsTopic(broker().config, cluster.brokers().length)),
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

const topicLookup = (broker: () => Broker): TopicLookup => ({
  partitionCount: (topic) => broker().cluster.topic(topic)?.partitions.length ?? null,
  topicId: (name) => broker().cluster.topic(name)?.topicId ?? null,
  topicName: (id) => broker().cluster.topicById(id)?.name ?? null,
  names: () => broker().cluster.topicNames(),
})
