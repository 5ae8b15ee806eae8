/** The files of a partition's folder, for those who look at them without a broker. */
export * from '../../protocol/log-files/index.ts'
export {
  codecName,
  createTimeOf,
  isCrcValid,
  NO_TIMESTAMP,
  readEndMarker,
  RecordReader,
  type BatchHeader,
  type EndMarker,
  type RecordHeader,
} from '../../protocol/records/index.ts'
export { SegmentFile, type StoredBatch } from './segment-file.ts'
