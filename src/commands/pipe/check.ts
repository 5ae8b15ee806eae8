import type { Context } from '../../lib/command/define.ts'
import { UserError } from '../../lib/errors.ts'
import type { PipeValues } from './options.ts'

/** Rules between the options. Throws UserError. */
export function check(values: PipeValues, _context: Context, words: readonly string[] = []): void {
  const needed = {
    from: 'the topic to read',
    to: 'the topic to write to',
    group: 'the group that remembers how far it has got',
    transactionalId: 'the name of this pipe',
  }
  for (const [name, meaning] of Object.entries(needed)) {
    if (!values[name as keyof typeof needed])
      throw new UserError(`--${name === 'transactionalId' ? 'transactional-id' : name} is missing: it gives ${meaning}`)
  }
  if (values.from === values.to)
    throw new UserError(`--from and --to are both "${values.from}": the pipe would never come to an end`)
  if (values.keepKey && words.length === 0)
    throw new UserError('--keep-key needs a command: without one keys are kept anyway')
  for (const [name, value, least] of [
    ['batch-size', values.batchSize, 1],
    ['max-messages', values.maxMessages, 0],
    ['timeout-ms', values.timeoutMs, 0],
  ] as const) {
    if (value !== undefined && value < least) throw new UserError(`--${name} must be ${least} or more, not ${value}`)
  }
}
