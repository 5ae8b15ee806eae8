import { UserError } from '../../../errors.ts'
import type { BrokerConfig } from './broker-config.ts'
import { retentionMs } from './log-defaults.ts'

type NumberName = Parameters<BrokerConfig['number']>[0]

const BUILT_IN_ASSIGNORS = ['uniform', 'range']

/** Settings that must lie in order: none may be larger than the one after it (GroupCoordinatorConfig and its kin). */
const ORDERED: readonly (readonly NumberName[])[] = [
  ...(['consumer', 'share', 'streams'] as const).flatMap((kind) =>
    (['heartbeat.interval.ms', 'session.timeout.ms', 'assignment.interval.ms'] as const).map(
      (setting) =>
        [`group.${kind}.min.${setting}`, `group.${kind}.${setting}`, `group.${kind}.max.${setting}`] as const,
    ),
  ),
  [
    'group.share.min.record.lock.duration.ms',
    'group.share.record.lock.duration.ms',
    'group.share.max.record.lock.duration.ms',
  ],
  ['group.share.min.delivery.count.limit', 'group.share.delivery.count.limit', 'group.share.max.delivery.count.limit'],
  [
    'group.share.min.partition.max.record.locks',
    'group.share.partition.max.record.locks',
    'group.share.max.partition.max.record.locks',
  ],
  ['group.streams.num.standby.replicas', 'group.streams.max.standby.replicas'],
  ['replica.fetch.wait.max.ms', 'replica.socket.timeout.ms'],
]

/** Throws UserError when settings, each good by itself, cannot be together (KafkaConfig.validateValues). */
export function checkBrokerConfig(config: BrokerConfig): void {
  checkTieredStorage(config)
  config.authorizerSettings()
  checkLogs(config)
  checkNetwork(config)
  checkGroups(config)
  for (const names of ORDERED) checkOrder(config, names)
  for (const kind of ['consumer', 'share', 'streams'] as const) {
    const [heartbeat, session] = [`group.${kind}.heartbeat.interval.ms`, `group.${kind}.session.timeout.ms`] as const
    if (config.number(heartbeat) >= config.number(session))
      throw new UserError(`${heartbeat} must be less than ${session}`)
  }
}

function checkTieredStorage(config: BrokerConfig): void {
  if (config.boolean('remote.log.storage.system.enable')) {
    throw new UserError('remote.log.storage.system.enable=true: this broker has no tiered storage (allowed: false)')
  }
}

/** Assignors beside Kafka's own are Java classes. */
function checkGroups(config: BrokerConfig): void {
  const foreign = config.list('group.consumer.assignors').find((name) => !BUILT_IN_ASSIGNORS.includes(name))
  if (foreign !== undefined)
    throw new UserError(`group.consumer.assignors: ${foreign} is none of ${BUILT_IN_ASSIGNORS.join(', ')}`)
}

function checkLogs(config: BrokerConfig): void {
  if (retentionMs(config) === 0n)
    throw new UserError('log.retention.ms (or .minutes, .hours) must be at least 1, or -1 for no limit')
  const [rollMs, jitterMs] = [config.bigint('log.roll.ms'), config.bigint('log.roll.jitter.ms')]
  if (rollMs !== null && rollMs < 1n) throw new UserError(`log.roll.ms=${rollMs}: must be greater than or equal to 1`)
  if (jitterMs !== null && jitterMs < 0n)
    throw new UserError(`log.roll.jitter.ms=${jitterMs}: must be greater than or equal to 0`)
  if (config.number('default.replication.factor') < 1)
    throw new UserError('default.replication.factor must be at least 1')
}

function checkNetwork(config: BrokerConfig): void {
  const queued = config.number('queued.max.request.bytes')
  if (queued > 0 && queued < config.number('socket.request.max.bytes')) {
    throw new UserError('queued.max.request.bytes must not be less than socket.request.max.bytes')
  }
  if (config.number('max.connections.per.ip') === 0 && config.string('max.connections.per.ip.overrides') === '') {
    throw new UserError('max.connections.per.ip=0 goes only with max.connections.per.ip.overrides')
  }
  const bad = config
    .string('max.connections.per.ip.overrides')
    .split(',')
    .find((pair) => !/^\s*([0-9a-zA-Z\-%._:]+:\d+\s*)?$/.test(pair))
  if (bad !== undefined) throw new UserError(`max.connections.per.ip.overrides: ${bad} is not of the form HOST:COUNT`)
}

function checkOrder(config: BrokerConfig, names: readonly NumberName[]): void {
  names.slice(1).forEach((name, index) => {
    const [lower, higher] = [config.number(names[index]!), config.number(name)]
    if (lower !== null && higher !== null && lower > higher) {
      throw new UserError(`${names[index]}=${lower} must not be more than ${name}=${higher}`)
    }
  })
}
