import type { Writable } from 'node:stream'
import { shownName } from './shown.ts'
import { write } from './write.ts'

export interface Speaker {
  readonly stderr: Writable
  /** The name to use in messages. */
  readonly program: string
}

/**
 * Tells a person something, in one line of stderr: whoever gave a name with a line end to a topic does not get another
 * one.
 */
export async function say({ stderr, program }: Speaker, sentence: string): Promise<void> {
  await write(stderr, `${program}: ${shownName(sentence)}\n`)
}
