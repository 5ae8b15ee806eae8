import { asKafkaError, itemSentence, type ItemError } from '../client/admin/item-error.ts'
import type { KafkaClient } from '../client/types.ts'
import type { Context } from '../command/define.ts'
import { KafkaError } from '../errors.ts'
import { say } from '../output/say.ts'
import { NearNames } from './near-names.ts'

/** Where it was tried. */
export interface Place {
  readonly client: KafkaClient
  readonly context: Context
}

/** One thing that could not be done. */
export interface Failure {
  /** What was tried: `Cannot delete topic retail`. */
  readonly what: string
  readonly error: ItemError
  /** The name that it was about; where there is none such, one that is near it is offered. */
  readonly topic?: string | undefined
  readonly group?: string | undefined
  /** What else the sentence ends with. */
  readonly more?: string
}

/**
 * What becomes of a command whose items failed in part or all: under kts each is named on stderr and the exit code is
 * 1; Apache's tools stop at the first one, which is thrown here as KafkaError.
 */
export async function settle(failures: readonly Failure[], place: Place): Promise<0 | 1> {
  if (failures.length > 0 && place.context.style === 'drop-in')
    throw asKafkaError(failures[0]!.error, failures[0]!.what)
  return nameFailures(failures, place)
}

/** Names each on stderr, in a line of its own. Returns the exit code. */
export async function nameFailures(failures: readonly Failure[], { client, context }: Place): Promise<0 | 1> {
  const near = new NearNames(client, context)
  for (const failure of failures) await say(context, await sentence(failure, near))
  return failures.length > 0 ? 1 : 0
}

/** The error to throw where one failure fails everything. */
export async function asError(failure: Failure, { client, context }: Place): Promise<KafkaError> {
  return new KafkaError(failure.error.code, await sentence(failure, new NearNames(client, context)))
}

async function sentence({ what, error, topic, group, more = '' }: Failure, near: NearNames): Promise<string> {
  const said = `${itemSentence(what, error)}${more}`
  if (topic !== undefined && error.code === 'UNKNOWN_TOPIC_OR_PARTITION')
    return said + (await near.hint('topic', topic))
  if (group !== undefined && error.code === 'GROUP_ID_NOT_FOUND') return said + (await near.hint('group', group))
  return said
}
