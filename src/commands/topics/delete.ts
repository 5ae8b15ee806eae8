import { deleteTopics } from '../../lib/client/admin/delete-topics.ts'
import type { KafkaClient } from '../../lib/client/types.ts'
import type { Context, Result } from '../../lib/command/define.ts'
import { requireTopics } from './find-topics.ts'
import type { TopicsValues } from './options.ts'
import { settle } from './settle.ts'

export async function deleteMatching(client: KafkaClient, values: TopicsValues, context: Context): Promise<Result> {
  const topics = await requireTopics(client, values)
  const deleted = topics.length === 0 ? [] : await deleteTopics(client, topics.map(({ name }) => name))
  const results = deleted.map(({ name, error }) => ({ topic: name, error }))
  const exitCode = await settle(context, results, 'delete')
  return {
    data: results.map(({ topic, error }) => ({ topic, deleted: error === null, ...(error && { error }) })),
    text: () => '',
    table: () => results.map(({ topic, error }) => (error ? '' : `Deleted topic ${topic}.\n`)).join(''),
    exitCode,
  }
}
