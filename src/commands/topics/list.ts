import type { TopicListing } from '../../lib/client/admin/list-topics.ts'
import type { Result } from '../../lib/command/define.ts'
import type { Action, Work } from '../../lib/work/command.ts'
import { renderTable } from '../../lib/output/table.ts'
import { findTopics } from './find-topics.ts'
import { ANY_TOPICS, type TopicsValues } from './options.ts'

export const listTopics: Action<TopicsValues> = { about: 'List the topics.', words: ANY_TOPICS, run: listNames }

async function listNames({ client, values, context: { style } }: Work<TopicsValues>): Promise<Result> {
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
