import { deleteTopics } from '../../lib/client/admin/delete-topics.ts'
import type { KafkaClient } from '../../lib/client/types.ts'
import type { Context, Result } from '../../lib/command/define.ts'
import { confirm, type Deed } from '../../lib/config/confirm.ts'
import type { Connection } from '../../lib/config/connection.ts'
import { showPlan } from '../../lib/config/outcomes.ts'
import { requireTopics } from './find-topics.ts'
import type { TopicsValues } from './options.ts'
import { settleTopics } from './settle.ts'

export async function deleteMatching(
  client: KafkaClient,
  values: TopicsValues,
  context: Context,
  connection: Connection,
): Promise<Result> {
  const names = (await requireTopics(client, values, context)).map(({ name }) => name)
  if (values.dryRun)
    return showPlan(
      names.map((topic) => ({ data: { topic, deleted: false }, sentence: `Would delete topic ${topic}.` })),
    )
  const isAgreed = names.length > 0 && (await confirm(deed(names), values, context, connection))
  const results = isAgreed ? await deleteTopics(client, names) : []
  const exitCode = await settleTopics(
    client,
    context,
    results.map(({ name, error }) => ({ topic: name, error })),
    'delete',
  )
  const told = (): string => results.map(({ name, error }) => (error ? '' : `Deleted topic ${name}.\n`)).join('')
  return {
    data: results.map(({ name, error }) => ({ topic: name, deleted: error === null, ...(error && { error }) })),
    // Apache's tool says nothing.
    text: () => (context.style === 'kts' ? told() : ''),
    table: told,
    exitCode,
  }
}

function deed(names: readonly string[]): Deed {
  if (names.length === 1) return { question: `Delete topic ${names[0]} and its records` }
  return {
    question: `Delete these ${names.length} topics and their records`,
    items: names.map((name) => `${name}\n`).join(''),
  }
}
