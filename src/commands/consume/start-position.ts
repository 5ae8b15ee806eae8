import { EARLIEST, LATEST, type Start } from '../../lib/client/consumer/index.ts'
import { readMoment } from '../../lib/config/moment.ts'
import { UserError } from '../../lib/errors.ts'

const MAX_PARTITION = 0x7fff_ffff
/** More than any topic has. */
const MOST_PARTITIONS = 1_000_000
const MAX_OFFSET = 2n ** 63n - 1n

/** So many records before the end of a partition. */
export interface BeforeEnd {
  readonly beforeEnd: bigint
}

const WORDS: Readonly<Record<string, Start>> = { earliest: EARLIEST, latest: LATEST }
const OWN_WORDS: Readonly<Record<string, Start>> = { ...WORDS, beginning: EARLIEST, end: LATEST }

/**
 * `earliest`, `latest` in any case, or a number from 0; under kts also `beginning`, `end`, and `-10` for the last ten.
 * Throws UserError.
 */
export function parseOffset(text: string, style: 'kts' | 'drop-in'): Start | BeforeEnd {
  const words = style === 'kts' ? OWN_WORDS : WORDS
  const word = text.toLowerCase()
  if (Object.hasOwn(words, word)) return words[word]!
  const offset = /^[+-]?\d+$/.test(text) ? BigInt(text) : undefined
  if (offset !== undefined && offset >= 0n && offset <= MAX_OFFSET) return { offset }
  if (style === 'kts' && offset !== undefined && offset < 0n && offset >= -MAX_OFFSET) return { beforeEnd: -offset }
  const known =
    style === 'kts' ? 'beginning, end, a number from 0, or -10 for the last ten' : 'earliest, latest or a number from 0'
  throw new UserError(`--offset takes ${known}, not "${text}"`)
}

/** A moment; see readMoment. Throws UserError. */
export function parseTime(option: string, text: string, nowMs: number): { readonly timestamp: bigint } {
  return { timestamp: BigInt(readMoment(option, text, nowMs)) }
}

/** One partition, or under kts a list of partitions and ranges. Throws UserError. */
export function parsePartitions(text: string, style: 'kts' | 'drop-in'): Set<number> {
  const partitions = new Set<number>()
  // Apache's tool waits for a partition below 0 as for any other that is not there.
  if (style === 'drop-in' && /^-\d+$/.test(text) && Number(text) >= -MAX_PARTITION) return partitions.add(Number(text))
  for (const part of style === 'kts' ? text.split(',') : [text]) {
    const [, first, last = first] = /^\s*\+?(\d+)(?:-(\d+))?\s*$/.exec(part) ?? []
    const count = Number(last) - Number(first) + 1
    if (first === undefined || (style === 'drop-in' && part.includes('-'))) throw badPartition(text, style)
    if (Number(last) > MAX_PARTITION || count < 1 || partitions.size + count > MOST_PARTITIONS)
      throw badPartition(text, style)
    for (let partition = Number(first); partition <= Number(last); partition += 1) partitions.add(partition)
  }
  return partitions
}

const badPartition = (text: string, style: 'kts' | 'drop-in'): UserError =>
  new UserError(
    `--partition takes a number from 0${style === 'kts' ? ', or a list such as 0,2,5-7' : ''}, not "${text}"`,
  )
