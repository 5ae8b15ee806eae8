import { EnvironmentError } from '../errors.ts'
import type { RecordReader } from '../protocol/records/index.ts'
import { PatternTimeout } from '../regex/matcher.ts'
import { offsetOf, type BatchView } from './batch-view.ts'

/** Whether a record is wanted. */
export type RecordFilter = (record: RecordReader) => boolean

/** The filter, which names the record where one of its expressions was stopped. Throws EnvironmentError. */
export function namingRecords(filter: RecordFilter | undefined, view: () => BatchView): RecordFilter | undefined {
  return (
    filter &&
    ((record) => {
      try {
        return filter(record)
      } catch (error) {
        if (!(error instanceof PatternTimeout)) throw error
        throw new EnvironmentError(
          `${error.message}: the record at offset ${offsetOf(record, view())} of ${view().partition.key}`,
        )
      }
    })
  )
}
