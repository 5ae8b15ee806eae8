import { createHash } from 'node:crypto'
import { KafkaError } from '../../../../errors.ts'
import { compileRe2 } from '../../../../protocol/re2/match.ts'
import { Re2CostError, Re2SyntaxError } from '../../../../protocol/re2/syntax.ts'
import type { TopicLookup } from '../topic-lookup.ts'
import { tombstone, type GroupRecord } from '../records.ts'
import type { GroupContext } from '../group-context.ts'
import type { ConsumerGroup } from './group.ts'
import type { ConsumerMember } from './member.ts'

/** Members as they will be, and the topics that their regular expressions stand for. */
export interface Subscriptions {
  readonly members: readonly ConsumerMember[]
  readonly regexes: ReadonlyMap<string, ReadonlySet<string>>
}

/**
 * Finds the topics of the members' regular expressions: of new ones, or of all when topics may have changed. Of topics
 * that who has asked may not describe there is none (GroupMetadataManager.filterTopicDescribeAuthorizedTopics). Adds a
 * record for each expression that is new, has changed, or is no longer in use.
 */
export function resolveRegexes(
  context: GroupContext,
  group: ConsumerGroup,
  members: readonly ConsumerMember[],
  mayDescribe: (topic: string) => boolean,
  records: GroupRecord[],
): ReadonlyMap<string, ReadonlySet<string>> {
  const { groupId } = group
  const inUse = dropUnusedRegexes(group, members, records)
  return new Map(
    [...inUse].map((regularExpression) => {
      const known = group.resolvedRegexes.get(regularExpression)
      if (known && !group.isMetadataStale) return [regularExpression, known]
      const topics = matchingTopics(context.topics, regularExpression, known).filter(mayDescribe)
      if (!known || known.size !== topics.length || !topics.every((topic) => known.has(topic))) {
        const timestamp = BigInt(context.clock.now())
        records.push({
          kind: 'ConsumerGroupRegularExpression',
          key: { groupId, regularExpression },
          value: { topics, version: 0n, timestamp },
        })
      }
      return [regularExpression, new Set(topics)]
    }),
  )
}

/** Adds a record for each expression that no member uses any more. Returns the others. */
export function dropUnusedRegexes(
  { groupId, resolvedRegexes }: ConsumerGroup,
  members: readonly ConsumerMember[],
  records: GroupRecord[],
): ReadonlySet<string> {
  const inUse = new Set(members.map(({ subscribedTopicRegex }) => subscribedTopicRegex).filter((regex) => regex !== ''))
  for (const regularExpression of resolvedRegexes.keys()) {
    if (!inUse.has(regularExpression))
      records.push(tombstone('ConsumerGroupRegularExpression', { groupId, regularExpression }))
  }
  return inUse
}

/** Topics that exist, by id; names that stand for nothing now may do so later. */
export function topicIdsOf(topics: TopicLookup, { regexes }: Subscriptions, member: ConsumerMember): Set<string> {
  const ids = new Set<string>()
  for (const name of [...member.subscribedTopicNames, ...(regexes.get(member.subscribedTopicRegex) ?? [])]) {
    const id = topics.topicId(name)
    if (id !== null) ids.add(id)
  }
  return ids
}

/** How many partitions each subscribed topic has. */
export function partitionCounts(topics: TopicLookup, subscriptions: Subscriptions): Map<string, number> {
  const counts = new Map<string, number>()
  for (const member of subscriptions.members) {
    for (const topicId of topicIdsOf(topics, subscriptions, member)) {
      const name = topics.topicName(topicId)
      const count = name === null ? null : topics.partitionCount(name)
      if (count !== null) counts.set(topicId, count)
    }
  }
  return counts
}

/** A number that changes when the subscribed topics or their partition counts do (KIP-1101); 0 for no topics. */
export function metadataHash(counts: ReadonlyMap<string, number>): bigint {
  if (counts.size === 0) return 0n
  const listed = [...counts]
    .map(([topicId, count]) => `${topicId}:${count}`)
    .sort()
    .join(' ')
  return createHash('sha1').update(listed).digest().readBigInt64BE(0)
}

/**
 * Throws KafkaError INVALID_REGULAR_EXPRESSION for a new one that takes too long; one that is known keeps what it stood
 * for.
 */
function matchingTopics(
  topics: TopicLookup,
  regularExpression: string,
  known: ReadonlySet<string> | undefined,
): string[] {
  try {
    return [...topics.names()].filter(compileRe2(regularExpression)).sort()
  } catch (error) {
    // Requests are checked before; one that was stored elsewhere stands for nothing, as in Kafka.
    if (error instanceof Re2SyntaxError) return []
    if (error instanceof Re2CostError && known) return [...known]
    if (error instanceof Re2CostError)
      throw new KafkaError('INVALID_REGULAR_EXPRESSION', `SubscribedTopicRegex is not taken: ${error.message}.`)
    throw error
  }
}
