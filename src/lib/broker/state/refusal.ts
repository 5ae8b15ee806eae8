import { KafkaError } from '../../errors.ts'
import { ERRORS, type ErrorName } from '../../protocol/errors.ts'

/**
 * What an answer says of a request, or of a part of one, that failed with an error of Kafka's. Any other error is a
 * bug, and is thrown on.
 */
export function refusalOf(error: unknown): { readonly errorCode: number; readonly errorMessage: string } {
  if (!(error instanceof KafkaError)) throw error
  return { errorCode: ERRORS[error.code as ErrorName], errorMessage: error.message }
}
