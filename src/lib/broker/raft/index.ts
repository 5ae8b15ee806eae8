export { writeBootstrapFile } from './bootstrap.ts'
export type { Committed } from './committed.ts'
export { METADATA_TOPIC_ID, metadataFolder } from './folder.ts'
export {
  MetadataFollower,
  type FetchedMetadata,
  type NextFetch,
  type SnapshotPart,
} from './metadata-follower.ts'
export { MetadataLog, type MetadataLogOptions, type Validity } from './metadata-log.ts'
export type { ReplicaOptions } from './replica.ts'
