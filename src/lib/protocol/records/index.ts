export * from './batch.ts'
export { crc32c } from './crc32c.ts'
export {
  CODECS,
  MAX_DECOMPRESSED_BYTES,
  codecName,
  compress,
  compressAside,
  decompress,
  decompressAside,
  type CodecName,
} from './compression.ts'
export { OversizeError } from './limits.ts'
export { readVarint, readVarlong, varintSize, varlongSize, writeVarint, writeVarlong, type Cursor } from './varint.ts'
export { addHeaders, encodeHeaders, type HeaderInput, type RawRecordHeader, type RecordHeader } from './headers.ts'
export { RecordReader, batches, createTimeOf, endOffsetOf, isCrcValid } from './reader.ts'
export {
  BatchBuilder,
  buildBatch,
  maxRecordSize,
  recordSize,
  type BatchOptions,
  type RecordInput,
  type ValueRun,
} from './builder.ts'
export { buildEndMarker, readEndMarker, type EndMarker, type EndMarkerBatch } from './end-marker.ts'
export { murmur2, partitionForKey } from './murmur2.ts'
