import type { NewMetadataRecord } from '../../../protocol/internal-records/index.ts'

/**
 * Makes these changes together; none are needed where there are none. Throws KafkaError KAFKA_STORAGE_ERROR, or
 * NOT_CONTROLLER: then nothing has happened.
 */
export type Commit = (records: readonly NewMetadataRecord[]) => void
