import { BROKER_CONFIGS, type BrokerConfigName } from './broker-config-definitions.ts'
import { atLeast, bool, kept, oneOf, text, type Definition, type Validator } from './definitions/definition.ts'

export interface GroupDefinition extends Definition {
  /** The broker's setting that holds where the group has none. */
  readonly fallsBackTo: BrokerConfigName | null
  /** The broker's settings that it must lie between. */
  readonly min: BrokerConfigName | null
  readonly max: BrokerConfigName | null
}

type Bounds = Partial<Pick<GroupDefinition, 'min' | 'max'>>
type Bounded =
  | `${'consumer' | 'share' | 'streams'}.${'assignment.interval' | 'heartbeat.interval' | 'session.timeout'}.ms`
  | `share.${'delivery.count.limit' | 'partition.max.record.locks' | 'record.lock.duration.ms'}`

const own = (definition: Definition): GroupDefinition => ({ ...definition, fallsBackTo: null, min: null, max: null })

/** What may be said of the broker's setting may be said of it, but for its upper end, which is another setting's. */
function like(fallsBackTo: BrokerConfigName, { min = null, max = null }: Bounds = {}): GroupDefinition {
  const definition: Definition = BROKER_CONFIGS[fallsBackTo]
  const { min: least } = definition.validator as Extract<Validator, { kind: 'range' }>
  return { ...definition, validator: atLeast(least), fallsBackTo, min, max }
}

/** One that has to lie between two settings of the broker, which begin with min and max. */
function bounded<K extends Bounded>(name: K): GroupDefinition {
  const [kind, setting] = [name.slice(0, name.indexOf('.')), name.slice(name.indexOf('.') + 1)]
  return like(`group.${name}`, {
    min: `group.${kind}.min.${setting}` as BrokerConfigName,
    max: `group.${kind}.max.${setting}` as BrokerConfigName,
  })
}

/**
 * Every setting of a group in Kafka 4.3 (GroupConfig). Share groups and streams groups are not served: theirs are kept.
 */
export const GROUP_CONFIGS: Readonly<Record<string, GroupDefinition>> = {
  'consumer.assignment.interval.ms': bounded('consumer.assignment.interval.ms'),
  'consumer.heartbeat.interval.ms': bounded('consumer.heartbeat.interval.ms'),
  'consumer.session.timeout.ms': bounded('consumer.session.timeout.ms'),
  'share.assignment.interval.ms': bounded('share.assignment.interval.ms'),
  'share.auto.offset.reset': own(
    text('latest', { kind: 'offsetReset' }, kept('Where a share group begins that has read nothing yet.')),
  ),
  'share.delivery.count.limit': bounded('share.delivery.count.limit'),
  'share.heartbeat.interval.ms': bounded('share.heartbeat.interval.ms'),
  'share.isolation.level': own(
    text(
      'read_uncommitted',
      oneOf('read_committed', 'read_uncommitted'),
      kept('Whether records of transactions that are not finished are delivered.'),
    ),
  ),
  'share.partition.max.record.locks': bounded('share.partition.max.record.locks'),
  'share.record.lock.duration.ms': bounded('share.record.lock.duration.ms'),
  'share.renew.acknowledge.enable': own(
    bool(true, null, kept('Whether a consumer may ask for more time with a record.')),
  ),
  'share.session.timeout.ms': bounded('share.session.timeout.ms'),
  'streams.assignment.interval.ms': bounded('streams.assignment.interval.ms'),
  'streams.heartbeat.interval.ms': bounded('streams.heartbeat.interval.ms'),
  'streams.initial.rebalance.delay.ms': like('group.streams.initial.rebalance.delay.ms'),
  'streams.num.standby.replicas': like('group.streams.num.standby.replicas', {
    max: 'group.streams.max.standby.replicas',
  }),
  'streams.session.timeout.ms': bounded('streams.session.timeout.ms'),
}

export const GROUP_DEFINITIONS: ReadonlyMap<string, GroupDefinition> = new Map(Object.entries(GROUP_CONFIGS))
