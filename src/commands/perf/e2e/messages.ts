import type { HeaderInput } from '../../../lib/protocol/records/index.ts'
import type { PerfE2eValues } from './options.ts'

/** A record to send, or one that has come back. */
export interface Message {
  readonly key: Buffer | null
  readonly value: Buffer | null
  readonly headers: readonly HeaderInput[]
}

/**
 * Makes records of the sizes asked for: in each part one random capital letter, over and over, as Apache's tool does.
 */
export function messageMaker(values: PerfE2eValues, random: () => number): () => Message {
  const { recordSize = 0, recordKeySize, numHeaders, recordHeaderKeySize, recordHeaderSize } = values
  const letters = (size: number): Buffer => Buffer.alloc(size, 65 + Math.floor(random() * 26))
  const headerSize = sizeOf(recordHeaderSize)
  return () => ({
    key: letters(sizeOf(recordKeySize)),
    value: letters(recordSize),
    headers: Array.from({ length: sizeOf(numHeaders) }, () => ({
      key: letters(sizeOf(recordHeaderKeySize)).toString(),
      value: headerSize < 0 ? null : letters(headerSize),
    })),
  })
}

/** An option without its value says nothing. */
const sizeOf = (value: number | true | undefined): number => (typeof value === 'number' ? value : 0)

/** What is wrong with a record that should be the one that was sent; undefined when it is. */
export function difference(sent: Message, read: Message): string | undefined {
  const parts = { value: [sent.value, read.value], key: [sent.key, read.key] } as const
  for (const [name, [mine, theirs]] of Object.entries(parts)) {
    if (!isSame(mine, theirs))
      return `The message ${name} read [${shown(theirs)}] did not match the message ${name} sent [${shown(mine)}]`
  }
  if (sent.headers.length !== read.headers.length)
    return `${sent.headers.length} headers were sent, and ${read.headers.length} came back`
  const at = sent.headers.findIndex(
    ({ key, value }, index) => key !== read.headers[index]!.key || !isSame(value, read.headers[index]!.value),
  )
  return at < 0 ? undefined : `Header ${at + 1} of the message read did not match the one sent`
}

const isSame = (a: Buffer | null, b: Buffer | null): boolean => (a === null || b === null ? a === b : a.equals(b))
const shown = (bytes: Buffer | null): string => (bytes === null ? 'null' : bytes.toString('utf8', 0, 200))
