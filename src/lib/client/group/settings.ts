import { UserError } from '../../errors.ts'
import { badValue, PropertyValues } from '../consumer/property-values.ts'
import type { ClientProperties } from '../types.ts'
import { DEFAULT_ASSIGNORS, findAssignors, type Assignor } from './assignors/index.ts'

/**
 * What a member of a group goes by, under the names and with the meaning of Java's properties. Times in milliseconds.
 */
export interface GroupSettings {
  readonly groupId: string
  readonly protocol: 'classic' | 'consumer'
  /** Set for a static member (KIP-345): it stays a member while it is away. */
  readonly groupInstanceId: string | null
  /** A static member that leaves when it goes in good order: only a crash leaves it behind. */
  readonly leavesWhenStatic?: boolean
  readonly sessionTimeoutMs: number
  readonly heartbeatIntervalMs: number
  readonly maxPollIntervalMs: number
  readonly isAutoCommit: boolean
  readonly autoCommitIntervalMs: number
  readonly retryBackoffMs: number
  readonly rackId: string | null
  /** For the consumer protocol: the assignor that the brokers are to use; null leaves it to them. */
  readonly remoteAssignor: string | null
  /** For the classic protocol, in order of preference. */
  readonly assignors: readonly Assignor[]
}

/** Undefined when the properties name no group. Throws UserError for a value that Java's consumer would refuse. */
export function groupSettings(properties: ClientProperties): GroupSettings | undefined {
  const values = new PropertyValues(properties)
  const groupId = properties.get('group.id')
  const settings = {
    protocol: protocolOf(values),
    remoteAssignor: values.text('group.remote.assignor') || null,
    groupInstanceId: instanceId(values),
    sessionTimeoutMs: values.whole('session.timeout.ms', 45_000),
    heartbeatIntervalMs: values.whole('heartbeat.interval.ms', 3000),
    maxPollIntervalMs: values.whole('max.poll.interval.ms', 300_000, 1),
    isAutoCommit: values.boolean('enable.auto.commit', true),
    autoCommitIntervalMs: values.whole('auto.commit.interval.ms', 5000, 0),
    retryBackoffMs: values.whole('retry.backoff.ms', 100, 0),
    rackId: values.text('client.rack') || null,
    assignors: findAssignors(values.list('partition.assignment.strategy', DEFAULT_ASSIGNORS)),
  }
  if (groupId === undefined) return undefined
  if (settings.heartbeatIntervalMs >= settings.sessionTimeoutMs) {
    throw new UserError(
      `heartbeat.interval.ms (${settings.heartbeatIntervalMs}) must be lower than session.timeout.ms (${settings.sessionTimeoutMs})`,
    )
  }
  return { groupId, ...settings }
}

/** Settings that belong to the brokers under the consumer protocol: Java refuses them too. */
const OF_CLASSIC = ['heartbeat.interval.ms', 'session.timeout.ms', 'partition.assignment.strategy']

function protocolOf(values: PropertyValues): GroupSettings['protocol'] {
  const protocol = (values.text('group.protocol') ?? 'classic').toLowerCase()
  if (protocol !== 'classic' && protocol !== 'consumer')
    throw badValue('group.protocol', protocol, 'classic or consumer')
  const strange = OF_CLASSIC.find((name) => protocol === 'consumer' && values.text(name) !== undefined)
  if (strange)
    throw new UserError(
      `${strange} cannot be set with group.protocol=consumer: the brokers decide (group.consumer.* of the group or the broker)`,
    )
  return protocol
}

function instanceId(values: PropertyValues): string | null {
  const id = values.text('group.instance.id')
  if (id === undefined) return null
  if (!isInstanceId(id))
    throw new UserError(`Invalid value "${id}" for group.instance.id: letters, digits, ".", "_" and "-", at most 249`)
  return id
}

/** Whether a broker takes it for a `group.instance.id`: instance ids are named by the rules of topics. */
export const isInstanceId = (text: string): boolean => /^(?!\.{1,2}$)[A-Za-z0-9._-]{1,249}$/.test(text)
