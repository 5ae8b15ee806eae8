import { deleteTopics as deleteByName } from '../../lib/client/admin/delete-topics.ts'
import type { Result } from '../../lib/command/define.ts'
import { changing } from '../../lib/work/changing.ts'
import type { Action, Work } from '../../lib/work/command.ts'
import type { Question } from '../../lib/work/confirm.ts'
import { showPlan } from '../../lib/work/outcomes.ts'
import { requireTopics } from './find-topics.ts'
import { checkTopic, TOPICS, type TopicsValues } from './options.ts'
import { settleTopics } from './settle.ts'

export const deleteTopics: Action<TopicsValues> = {
  about: 'Delete topics, with all that is in them.',
  words: TOPICS,
  check: checkTopic,
  run: changing<Work<TopicsValues>, readonly string[]>({
    plan: async (work) => (await requireTopics(work)).map(({ name }) => name),
    preview: async (_work, names) =>
      showPlan(names.map((topic) => ({ data: { topic, deleted: false }, sentence: `Would delete topic ${topic}.` }))),
    question,
    apply,
  }),
}

function question(names: readonly string[]): Question | undefined {
  if (names.length === 0) return undefined
  if (names.length === 1) return { question: `Delete topic ${names[0]} and its records` }
  return {
    question: `Delete these ${names.length} topics and their records`,
    items: names.map((name) => `${name}\n`).join(''),
  }
}

async function apply(work: Work<TopicsValues>, names: readonly string[]): Promise<Result> {
  const results = names.length > 0 ? await deleteByName(work.client, names) : []
  const exitCode = await settleTopics(
    work,
    results.map(({ name, error }) => ({ topic: name, error })),
    'delete',
  )
  const told = (): string => results.map(({ name, error }) => (error ? '' : `Deleted topic ${name}.\n`)).join('')
  return {
    data: results.map(({ name, error }) => ({ topic: name, deleted: error === null, ...(error && { error }) })),
    // Apache's tool says nothing.
    text: () => (work.context.style === 'kts' ? told() : ''),
    table: told,
    exitCode,
  }
}
