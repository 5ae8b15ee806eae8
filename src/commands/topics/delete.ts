import { deleteTopics } from '../../lib/client/admin/delete-topics.ts'
import type { KafkaClient } from '../../lib/client/types.ts'
import type { Context, Result } from '../../lib/command/define.ts'
import { confirm, type Deed } from '../../lib/config/confirm.ts'
import type { Connection } from '../../lib/config/connection.ts'
import { requireTopics } from './find-topics.ts'
import type { TopicsValues } from './options.ts'
import { settle } from './settle.ts'

export async function deleteMatching(client: KafkaClient, values: TopicsValues, context: Context, connection: Connection): Promise<Result> {
  const names = (await requireTopics(client, values)).map(({ name }) => name)
  if (values.dryRun) return plan(names)
  const isAgreed = names.length > 0 && await confirm(deed(names), values, context, connection)
  const results = isAgreed ? await deleteTopics(client, names) : []
  const exitCode = await settle(context, results.map(({ name, error }) => ({ topic: name, error })), 'delete')
  return {
    data: results.map(({ name, error }) => ({ topic: name, deleted: error === null, ...(error && { error }) })),
    text: () => '',
    table: () => results.map(({ name, error }) => (error ? '' : `Deleted topic ${name}.\n`)).join(''),
    exitCode,
  }
}

function plan(names: readonly string[]): Result {
  const text = (): string => names.map((name) => `Would delete topic ${name}.\n`).join('')
  return { data: names.map((topic) => ({ topic, deleted: false, dryRun: true })), text }
}

function deed(names: readonly string[]): Deed {
  if (names.length === 1) return { question: `Delete topic ${names[0]} and its records` }
  return { question: `Delete these ${names.length} topics and their records`, items: names.map((name) => `${name}\n`).join('') }
}
