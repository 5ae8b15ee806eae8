import { KafkaError } from '../../errors.ts'
import type { RecordError } from './types.ts'

/** A batch refused for some of its records; `recordErrors` tells the producer which (KIP-467). */
export class RecordValidationError extends KafkaError {
  constructor(
    code: 'INVALID_RECORD' | 'INVALID_TIMESTAMP',
    message: string,
    readonly recordErrors: readonly RecordError[],
  ) {
    super(code, message)
  }
}
