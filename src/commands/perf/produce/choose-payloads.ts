import type { Context } from '../../../lib/command/define.ts'
import { UserError } from '../../../lib/errors.ts'
import { createRandom } from '../../../lib/weblog/random.ts'
import type { PerfProduceValues } from './options.ts'
import { readPayloads, shownPath } from './payload-file.ts'
import { letterPool, ListedPayloads, MonotonicPayloads, RandomPayloads, type Payloads } from './payloads.ts'

/** Makes the payloads of one of several producers. */
export type PayloadsFor = (producer: number) => Payloads

/** The same payloads in every run. */
const SEED = 0

/**
 * What the options say is to be sent; `say` hears how a payload file is read. Throws UserError for a file that has no
 * payload.
 */
export function choosePayloads(
  values: PerfProduceValues,
  { cwd }: Pick<Context, 'cwd'>,
  say: (line: string) => void,
): PayloadsFor {
  const { recordSize, payloadFile, payloadDelimiter = '\\n', producers = 1 } = values
  if (recordSize !== undefined) {
    const pool = letterPool(recordSize, createRandom(SEED))
    return () => new RandomPayloads(pool, recordSize)
  }
  if (payloadFile === undefined) return (producer) => new MonotonicPayloads(producer, producers)
  const path = shownPath(payloadFile, cwd)
  say(`Reading payloads from: ${path}`)
  const list = readPayloads(path, payloadDelimiter)
  say(`Number of records read: ${list.length}`)
  if (list.length === 0) throw new UserError(`--payload-file ${path} holds nothing but delimiters`)
  return (producer) => new ListedPayloads(list, createRandom(SEED + producer))
}
