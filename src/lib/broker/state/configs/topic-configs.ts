import { KafkaError } from '../../../errors.ts'
import type { LogConfig } from '../../log/types.ts'
import { toSafeNumber, type BrokerConfig } from './broker-config.ts'
import { CONFIG_SOURCES } from '../../../protocol/apis/describe-configs.ts'
import { byName, configEntry, type ConfigEntry, type ConfigSynonym } from './config-entry.ts'
import type { ConfigValue } from './definitions/definition.ts'
import { formatValue } from './format-value.ts'
import { topicDefault } from './log-defaults.ts'
import { parseValue } from './parse-value.ts'
import {
  TOPIC_CONFIGS,
  TOPIC_DEFINITIONS,
  type TopicConfigName,
  type TopicDefinition,
} from './topic-config-definitions.ts'

type Overrides = ReadonlyMap<string, string>

/** The settings of topics: what is set for a topic over what its broker says (LogConfig). */
export class TopicConfigs {
  /** `brokerConfig` answers the broker's settings as they are now. */
  constructor(private readonly brokerConfig: () => BrokerConfig) {}

  /**
   * Throws KafkaError INVALID_CONFIG for a name that no topic has, a value that it cannot have, or two that exclude
   * each other.
   */
  validate(overrides: Overrides): void {
    for (const name of overrides.keys()) {
      if (!TOPIC_DEFINITIONS.has(name)) throw new KafkaError('INVALID_CONFIG', `Unknown topic config name: ${name}`)
    }
    for (const [name, written] of overrides) parseValue(name, TOPIC_DEFINITIONS.get(name)!, written)
    this.checkTogether(overrides)
  }

  /** Every setting of a topic and where it comes from, sorted by name. */
  resolve(overrides: Overrides): ConfigEntry[] {
    return [...TOPIC_DEFINITIONS]
      .filter(([name, { isInternal }]) => !isInternal || overrides.has(name))
      .map(([name, definition]) => this.entry(name as TopicConfigName, definition, overrides))
      .sort(byName)
  }

  /** What the topic's logs act on. Numbers beyond 2^53 become Number.MAX_SAFE_INTEGER. */
  logConfig(overrides: Overrides): LogConfig {
    const number = (name: TopicConfigName): number => {
      const value = this.value(name, overrides)
      return typeof value === 'bigint' ? toSafeNumber(value) : (value as number)
    }
    return {
      segmentBytes: overrides.has('internal.segment.bytes')
        ? number('internal.segment.bytes')
        : number('segment.bytes'),
      segmentMs: number('segment.ms'),
      segmentJitterMs: number('segment.jitter.ms'),
      segmentIndexBytes: number('segment.index.bytes'),
      indexIntervalBytes: number('index.interval.bytes'),
      retentionMs: number('retention.ms'),
      retentionBytes: number('retention.bytes'),
      fileDeleteDelayMs: number('file.delete.delay.ms'),
      flushMessages: number('flush.messages'),
      flushMs: number('flush.ms'),
      maxMessageBytes: number('max.message.bytes'),
      messageTimestampType: this.value('message.timestamp.type', overrides) as LogConfig['messageTimestampType'],
      messageTimestampBeforeMaxMs: number('message.timestamp.before.max.ms'),
      messageTimestampAfterMaxMs: number('message.timestamp.after.max.ms'),
      compressionType: this.value('compression.type', overrides) as LogConfig['compressionType'],
      compressionGzipLevel: number('compression.gzip.level'),
      compressionZstdLevel: number('compression.zstd.level'),
      cleanupPolicy: new Set(this.value('cleanup.policy', overrides) as ('delete' | 'compact')[]),
      deleteRetentionMs: number('delete.retention.ms'),
      minCompactionLagMs: number('min.compaction.lag.ms'),
      maxCompactionLagMs: number('max.compaction.lag.ms'),
      minCleanableDirtyRatio: number('min.cleanable.dirty.ratio'),
    }
  }

  /** How many replicas must have a record before acks=all is answered. */
  minInsyncReplicas(overrides: Overrides): number {
    return this.value('min.insync.replicas', overrides) as number
  }

  /** Whether a replica that may lack records shall lead when no other can. */
  uncleanLeaderElection(overrides: Overrides): boolean {
    return this.value('unclean.leader.election.enable', overrides) as boolean
  }

  private value(name: TopicConfigName, overrides: Overrides): ConfigValue {
    const written = overrides.get(name)
    const definition: TopicDefinition = TOPIC_CONFIGS[name]
    return written === undefined
      ? topicDefault(this.brokerConfig(), name, definition)
      : parseValue(name, definition, written)
  }

  private entry(name: TopicConfigName, definition: TopicDefinition, overrides: Overrides): ConfigEntry {
    const value = this.value(name, overrides)
    const [broker] = definition.fallsBackTo
    const inherited = broker === undefined ? [] : this.brokerConfig().synonyms(broker)
    const own: ConfigSynonym = {
      name,
      value: formatValue(value, definition.type),
      source: CONFIG_SOURCES.DYNAMIC_TOPIC_CONFIG,
    }
    return configEntry(name, definition, value, overrides.has(name) ? [own, ...inherited] : inherited)
  }

  /** LogConfig.validateTopicLogConfigValues. Local retention is compared only with tiered storage, which is refused. */
  private checkTogether(overrides: Overrides): void {
    const [least, most] = [
      this.value('min.compaction.lag.ms', overrides),
      this.value('max.compaction.lag.ms', overrides),
    ]
    if (least! > most!) {
      throw new KafkaError(
        'INVALID_CONFIG',
        `conflict topic config setting min.compaction.lag.ms (${least}) > max.compaction.lag.ms (${most})`,
      )
    }
    if (this.value('remote.storage.enable', overrides) === true) {
      throw new KafkaError(
        'INVALID_CONFIG',
        'Tiered Storage functionality is disabled in the broker. Topic cannot be configured with remote log storage.',
      )
    }
  }
}
