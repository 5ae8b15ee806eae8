import type { TopicListing } from '../../lib/client/admin/list-topics.ts'
import type { KafkaClient } from '../../lib/client/types.ts'
import type { Context, Result } from '../../lib/command/define.ts'
import { renderTable } from '../../lib/output/table.ts'
import { findTopics } from './find-topics.ts'
import type { TopicsValues } from './options.ts'

export async function listNames(client: KafkaClient, values: TopicsValues, { style }: Context): Promise<Result> {
  const topics = await findTopics(client, values, style)
  const lines = topics.map(({ name }) => `${name}\n`).join('')
  return {
    data: topics.map(({ name, isInternal, ...rest }) => ({ topic: name, ...rest, internal: isInternal })),
    // Apache's tool prints an empty line when there is nothing to list.
    text: () => (lines === '' && style === 'drop-in' ? '\n' : lines),
    table: () => renderTable(['TOPIC', 'PARTITIONS', 'REPLICATION', 'INTERNAL'], topics.map(row), { right: [1, 2] }),
  }
}

const row = ({ name, partitions, replicationFactor, isInternal }: TopicListing): string[] => [
  name,
  `${partitions}`,
  `${replicationFactor}`,
  isInternal ? 'yes' : '',
]
