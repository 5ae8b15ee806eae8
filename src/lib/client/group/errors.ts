import { KafkaError } from '../../errors.ts'
import { errorName, type ErrorName } from '../../protocol/errors.ts'

/** What a member does about an error of its coordinator (Java's ConsumerCoordinator and AbstractCoordinator). */
export type Reaction = 'retry' | 'find-coordinator' | 'rejoin' | 'rejoin-as-new' | 'give-up'

const REACTIONS: Readonly<Partial<Record<ErrorName, Reaction>>> = {
  COORDINATOR_LOAD_IN_PROGRESS: 'retry',
  UNSTABLE_OFFSET_COMMIT: 'retry',
  UNKNOWN_TOPIC_OR_PARTITION: 'retry',
  UNKNOWN_TOPIC_ID: 'retry',
  // The epoch has moved on since the request was made.
  STALE_MEMBER_EPOCH: 'retry',
  COORDINATOR_NOT_AVAILABLE: 'find-coordinator',
  NOT_COORDINATOR: 'find-coordinator',
  REQUEST_TIMED_OUT: 'find-coordinator',
  REBALANCE_IN_PROGRESS: 'rejoin',
  UNKNOWN_MEMBER_ID: 'rejoin-as-new',
  ILLEGAL_GENERATION: 'rejoin-as-new',
  FENCED_MEMBER_EPOCH: 'rejoin-as-new',
}

export const reactionTo = (code: ErrorName): Reaction => REACTIONS[code] ?? 'give-up'

const EXPLANATIONS: Readonly<Partial<Record<ErrorName, string>>> = {
  UNRELEASED_INSTANCE_ID: 'another member holds this group.instance.id',
  UNSUPPORTED_ASSIGNOR: 'the brokers do not know this group.remote.assignor',
  FENCED_INSTANCE_ID: 'another member has taken over this group.instance.id',
  INCONSISTENT_GROUP_PROTOCOL:
    'the members that are there share no assignor with this one (partition.assignment.strategy)',
  INVALID_SESSION_TIMEOUT:
    'session.timeout.ms is outside group.min.session.timeout.ms and group.max.session.timeout.ms of the broker',
  GROUP_AUTHORIZATION_FAILED: 'this user may not read with this group',
  GROUP_MAX_SIZE_REACHED: 'the group has as many members as the broker allows',
  INVALID_GROUP_ID: 'the name of the group is not valid',
}

/**
 * Throws KafkaError for a code other than 0. `doing` says what failed: `join`; `message` is what the broker says of it.
 */
export function checkGroupError(code: number, groupId: string, doing: string, message?: string | null): void {
  if (code === 0) return
  const name = errorName(code)
  const explanation = EXPLANATIONS[name] ?? message?.replace(/\.$/, '')
  const reason = explanation ? `${explanation} (${name})` : name
  throw new KafkaError(name, `Cannot ${doing} group "${groupId}": ${reason}`)
}
