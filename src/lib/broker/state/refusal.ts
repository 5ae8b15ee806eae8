import { kafkaErrorOf } from '../../errors.ts'
import { ERRORS } from '../../protocol/errors.ts'

/** What an answer says of a request, or of a part of one, that failed with a KafkaError. Throws any other error on. */
export function refusalOf(error: unknown): { readonly errorCode: number; readonly errorMessage: string } {
  const { code, message } = kafkaErrorOf(error)
  return { errorCode: ERRORS[code], errorMessage: message }
}
