export {
  absence,
  Consumer,
  type Assignment,
  type CloseTimeout,
  type ConsumerOptions,
  type ConsumerParts,
} from './consumer.ts'
export { Delivery, type RecordSink } from './delivery.ts'
export { DirectAssignment, type DirectReading } from './direct-assignment.ts'
export type { FetchedRecords } from './fetch-request.ts'
export { EARLIEST, LATEST, PartitionState, type Start } from './partition-state.ts'
export { IdleLimit } from './idle-limit.ts'
export { consumerSettings, type ConsumerSettings } from './settings.ts'
export { timestampOf } from './timestamp.ts'
export type { MissingTopic } from './topic-directory.ts'
export { topicsLike, topicsNamed, type Subscription } from './subscription.ts'
export { WindowAssignment, type OffsetWindow } from './window-assignment.ts'
