import { re2Refusal } from '../../lib/client/regex/re2.ts'
import type { ClientProperties } from '../../lib/client/types.ts'
import type { Context, Result } from '../../lib/command/define.ts'
import { defineCommand, type Job, type Order } from '../../lib/work/command.ts'
import { readDuration } from '../../lib/duration.ts'
import { UserError } from '../../lib/errors.ts'
import { write } from '../../lib/output/write.ts'
import { checkAny, checkDelete, checkDeleteOffsets, checkDescribe, checkList, checkReset } from './check.ts'
import { deleteChosen } from './delete.ts'
import { offsetsDeletion } from './delete-offsets.ts'
import { describe } from './describe.ts'
import { list } from './list.ts'
import { GROUPS, options, type GroupsValues } from './options.ts'
import { offsetsReset, UsageError } from './reset.ts'
import { undoLast } from './undo-last.ts'
import { watchOffsets } from './watch.ts'
import type { Work } from './work.ts'

export { everyGroup } from './every-group.ts'

export const groups = defineCommand({
  examples: [
    { command: 'kts groups list', about: 'List the groups, of whatever type.' },
    {
      command: 'kts groups describe shop --watch',
      about: 'Watch how far behind a group is, and how long it needs to catch up.',
    },
    { command: 'kts groups describe --all-groups --json', about: 'The lag of every group, as JSON.' },
    {
      command: 'kts groups reset shop --topic retail --to-earliest',
      about: 'Have a topic read again: shows what would change, and asks.',
    },
    {
      command: 'kts groups reset shop --all-topics --by-duration PT1H --execute',
      about: 'Go back by an hour, without a question.',
    },
    { command: 'kts groups undo', about: 'Bring back what the last reset or deletion replaced.' },
  ],
  options,
  readsConfigAtWork: true,
  actionsBy: 'option',
  actions: {
    list: { about: 'List the groups.', ...inGroups(checkList, () => list) },
    describe: {
      about: 'Show how far groups have read, their members, or their state.',
      words: GROUPS,
      ...inGroups(checkDescribe, ({ values }) => (values.watch === undefined ? describe : watchOffsets)),
    },
    resetOffsets: {
      about: 'Move what groups without members have committed.',
      verb: 'reset',
      words: GROUPS,
      ...inGroups(checkReset, ({ values, context }) => offsetsReset(values, context)),
    },
    undo: {
      about: 'Bring back the offsets that the last change by kts replaced, or the last one to the groups named.',
      only: 'kts',
      words: GROUPS,
      ...inGroups(checkAny, () => undoLast),
    },
    deleteOffsets: {
      about: 'Delete what a group has committed for some topics.',
      words: GROUPS,
      ...inGroups(checkDeleteOffsets, ({ values }) => offsetsDeletion(values)),
    },
    delete: {
      about: 'Delete groups that have no members, with what they have committed.',
      words: GROUPS,
      ...inGroups(checkDelete, () => deleteChosen),
    },
    validateRegex: {
      about: "Say whether brokers take a regular expression as a subscription: it has to be of RE2's syntax.",
      words: [{ name: 'REGEX', about: 'The expression.', into: 'validate-regex' }],
      check: checkAny,
      offline: ({ values, context }) => validate(values.validateRegex!, context),
    },
  },
  dropInFailure: (error) =>
    error instanceof UsageError
      ? { stderr: `${error.message}\n`, exitCode: 1 }
      : { stdout: `\nError: ${error.message}\n`, exitCode: 0 },
})

type Act = (work: Work) => Promise<Result | number>

/** An action on groups; `read` reads what it needs before anything is asked of a broker. Throws UserError. */
function inGroups(
  check: Job<GroupsValues>['check'] & {},
  read: (order: Order<GroupsValues>) => Act,
): Job<GroupsValues, { act: Act; timeoutMs: number | undefined }> {
  return {
    check,
    read: (order) => ({ act: read(order), timeoutMs: readTimeout(order.values, order.context) }),
    properties: ({ connection, input }) => withTimeout(connection.properties, input.timeoutMs),
    run(work) {
      const { act, timeoutMs } = work.input
      const { clock } = work.context
      return act({ ...work, patience: { clock, ...(timeoutMs !== undefined && { timeoutMs }) } })
    },
  }
}

function readTimeout({ timeout }: GroupsValues, { style }: Context): number | undefined {
  if (timeout === undefined) return undefined
  const timeoutMs =
    (style === 'kts' ? readDuration(timeout) : undefined) ?? (/^\+?\d+$/.test(timeout) ? Number(timeout) : NaN)
  if (!(timeoutMs <= 0x7fff_ffff)) throw new UserError(`--timeout takes a number of milliseconds, not "${timeout}"`)
  return timeoutMs
}

function withTimeout(properties: ClientProperties, timeoutMs: number | undefined): ClientProperties {
  if (timeoutMs === undefined) return properties
  return new Map([...properties, ['request.timeout.ms', `${timeoutMs}`], ['default.api.timeout.ms', `${timeoutMs}`]])
}

/** Apache's tool is content either way. */
async function validate(pattern: string, { style, stdout }: Context): Promise<Result | number> {
  const refusal = re2Refusal(pattern)
  const sentence = `The regular expression \`${pattern}\` is ${refusal === null ? 'valid' : `invalid: ${refusal}`}.\n`
  if (style === 'kts')
    return {
      data: { pattern, valid: refusal === null, reason: refusal },
      text: () => sentence,
      exitCode: refusal === null ? 0 : 1,
    }
  await write(stdout, sentence)
  return 0
}
