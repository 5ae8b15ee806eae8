import { KafkaError } from '../errors.ts'
import type { Problem } from './wire.ts'

/** What the page is told of an error. */
export const problemOf = (error: Error): Problem => ({
  error: error.message,
  ...(error instanceof KafkaError && { code: error.code }),
})
