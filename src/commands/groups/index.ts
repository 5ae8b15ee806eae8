import { re2Refusal } from '../../lib/client/regex/re2.ts'
import type { ClientProperties } from '../../lib/client/types.ts'
import { Hindrances } from '../../lib/client/hindrances.ts'
import { withClient } from '../../lib/client/with-client.ts'
import { defineCommand, type Context, type Result } from '../../lib/command/define.ts'
import { clientId } from '../../lib/command/package.ts'
import { resolveConnection } from '../../lib/config/connection.ts'
import { readDuration } from '../../lib/duration.ts'
import { UserError } from '../../lib/errors.ts'
import { Voice } from '../../lib/output/voice.ts'
import { write } from '../../lib/output/write.ts'
import { checkOptions, chosenAction } from './check.ts'
import { deleteChosen } from './delete.ts'
import { offsetsDeletion } from './delete-offsets.ts'
import { describe } from './describe.ts'
import { list } from './list.ts'
import { options, type GroupsValues } from './options.ts'
import { offsetsReset } from './reset.ts'
import { UsageError } from './usage-error.ts'
import { watchOffsets } from './watch.ts'
import type { Work } from './work.ts'

export { everyGroup } from './every-group.ts'

export const groups = defineCommand({
  name: 'groups',
  dropIns: ['kafka-consumer-groups'],
  about: 'List, describe and delete groups, and move what they have committed.',
  examples: [
    { command: 'kts groups --list', about: 'List the groups, of whatever type.' },
    {
      command: 'kts groups --describe --group shop --watch',
      about: 'Watch how far behind a group is, and how long it needs to catch up.',
    },
    { command: 'kts groups --describe --all-groups --json', about: 'The lag of every group, as JSON.' },
    {
      command: 'kts groups --reset-offsets --group shop --topic retail --to-earliest',
      about: 'Have a topic read again: shows what would change, and asks.',
    },
    {
      command: 'kts groups --reset-offsets --group shop --all-topics --by-duration PT1H --execute',
      about: 'Go back by an hour, without a question.',
    },
  ],
  options,
  readsConfigAtWork: true,
  asksCluster: ({ validateRegex }) => validateRegex === undefined,
  check: checkOptions,
  async run(values, context, _words, output) {
    if (values.validateRegex !== undefined) return validate(values.validateRegex, context)
    const act = prepare(values, context)
    const timeoutMs = readTimeout(values, context)
    const connection = await resolveConnection(values, context)
    const settings = { ...connection, properties: withTimeout(connection.properties, timeoutMs), clientId: clientId() }
    const { clock } = context
    const voice = new Voice(context)
    const hindrances = new Hindrances({ clock, say: voice.say })
    const patience = { clock, ...(timeoutMs !== undefined && { timeoutMs }) }
    return withClient(settings, { clock, warn: voice.say, hindrances }, (client) =>
      act({ client, connection, values, context, output, patience, voice }),
    )
  },
  dropInFailure: (error) =>
    error instanceof UsageError
      ? { stderr: `${error.message}\n`, exitCode: 1 }
      : { stdout: `\nError: ${error.message}\n`, exitCode: 0 },
})

/** Reads what an action needs before anything is asked of a broker. Throws UserError. */
function prepare(values: GroupsValues, context: Context): (work: Work) => Promise<Result | number> {
  switch (chosenAction(values)) {
    case 'list':
      return list
    case 'delete':
      return deleteChosen
    case 'deleteOffsets':
      return offsetsDeletion(values)
    case 'resetOffsets':
      return offsetsReset(values, context)
    default:
      return values.watch === undefined ? describe : watchOffsets
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
