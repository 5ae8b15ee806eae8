export type { Committed } from './committed.ts'
export { METADATA_TOPIC_ID, metadataFolder } from './folder.ts'
export { MetadataLog, type MetadataLogOptions, type Validity } from './metadata-log.ts'
