import { KafkaError } from '../../errors.ts'
import { errorName, type ErrorName } from '../../protocol/errors.ts'

/** What went wrong with one item of a request that carries many, as plain data. */
export interface ItemError {
  readonly code: ErrorName
  readonly message: string
}

/** The error behind a code, null for NONE. `message` is what the broker says of it, where it says something. */
export function itemError(code: number, message?: string | null): ItemError | null {
  return code === 0 ? null : namedError(errorName(code), message)
}

/** The error that a broker would answer. */
export const namedError = (code: ErrorName, message?: string | null): ItemError => ({
  code,
  message: message || SENTENCES[code] || code,
})

/** `what: reason (CODE)`, in one line. */
export function itemSentence(what: string, { code, message }: ItemError): string {
  const reason = message.replace(/\.$/, '')
  return `${what}: ${reason === code ? code : `${reason} (${code})`}`
}

/** The error to throw where one failed item fails everything; `what` says what was tried. */
export function asKafkaError(error: ItemError, what: string): KafkaError {
  return new KafkaError(error.code, itemSentence(what, error))
}

/** For codes that brokers send without a word, and that people meet often. */
const SENTENCES: Readonly<Partial<Record<ErrorName, string>>> = {
  UNKNOWN_TOPIC_OR_PARTITION: 'There is no such topic or partition',
  UNKNOWN_TOPIC_ID: 'There is no topic with this id',
  TOPIC_AUTHORIZATION_FAILED: 'Not allowed to access this topic',
  CLUSTER_AUTHORIZATION_FAILED: 'Not allowed to do this on the cluster',
  LEADER_NOT_AVAILABLE: 'The partition has no leader at the moment',
  OFFSET_OUT_OF_RANGE: "The offset lies outside of the partition's log",
  INVALID_TOPIC_EXCEPTION: 'The topic name is not allowed',
  TOPIC_ALREADY_EXISTS: 'The topic exists already',
  POLICY_VIOLATION: 'A policy of the cluster forbids it',
  GROUP_ID_NOT_FOUND: 'There is no such group',
  NON_EMPTY_GROUP: 'The group has members',
  GROUP_SUBSCRIBED_TO_TOPIC: 'A member of the group reads the topic at the moment',
  GROUP_AUTHORIZATION_FAILED: 'Not allowed to access this group',
  INVALID_GROUP_ID: 'The group name is not valid',
  REQUEST_TIMED_OUT: 'The broker has run out of time',
}
