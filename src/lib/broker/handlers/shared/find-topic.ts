import type { AclOperationName } from '../../../protocol/acl-types.ts'
import { Fetch } from '../../../protocol/apis/fetch.ts'
import { OffsetCommit } from '../../../protocol/apis/offset-commit.ts'
import { OffsetFetch } from '../../../protocol/apis/offset-fetch.ts'
import { Produce } from '../../../protocol/apis/produce.ts'
import type { ErrorName } from '../../../protocol/errors.ts'
import type { RequestContext } from '../../handle.ts'
import type { Topic } from '../../state/cluster/types.ts'

/** The first version of an API that names topics by their id (KIP-516, KIP-848). */
const BY_ID_FROM = new Map([
  [Produce.key, 13],
  [Fetch.key, 13],
  [OffsetCommit.key, 10],
  [OffsetFetch.key, 10],
])

export const namesTopicsById = ({ header: { apiKey, apiVersion } }: RequestContext): boolean =>
  apiVersion >= BY_ID_FROM.get(apiKey)!

/**
 * The topic that a request names, or the name of the error that it is answered with: who may not do so is not told
 * whether there is a topic of this name. Ids tell nothing of topics. No operation: the right to it is clear already.
 */
export function findTopic(
  context: RequestContext,
  operation: AclOperationName | null,
  name: string,
  topicId: string,
): Topic | ErrorName {
  const { cluster } = context.broker
  const isById = namesTopicsById(context)
  const topic = isById ? cluster.topicById(topicId) : cluster.topic(name)
  if (isById && !topic) return 'UNKNOWN_TOPIC_ID'
  if (operation && !context.isAllowed(operation, 'TOPIC', topic?.name ?? name)) return 'TOPIC_AUTHORIZATION_FAILED'
  return topic ?? 'UNKNOWN_TOPIC_OR_PARTITION'
}
