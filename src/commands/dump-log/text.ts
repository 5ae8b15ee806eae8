import { basename } from 'node:path'
import { codecName, type BatchHeader } from '../../lib/protocol/records/index.ts'
import type { SnapshotProducer } from '../../lib/protocol/log-files/index.ts'
import type { ControlDecoder, Decoder } from './decoder.ts'
import type { Entry, Printer, StoredRecord } from './entries.ts'

export interface TextView {
  readonly printsContent: boolean
  readonly skipRecordMetadata: boolean
  readonly decoder: Decoder
  readonly controls: ControlDecoder
}

/** The text of Apache's tool (DumpLogSegments). */
export const textPrinter = (view: TextView): Printer => ({
  begin: (file) => `Dumping ${file}\n`,
  entry: (entry, file) => `${line(entry, file, view)}\n`,
})

function line(entry: Entry, file: string, view: TextView): string {
  switch (entry.type) {
    case 'log':
      return `Log starting offset: ${entry.startOffset}`
    case 'snapshot':
      return entry.end === null
        ? 'KRaft bootstrap snapshot'
        : `Snapshot end offset: ${entry.end.offset}, epoch: ${entry.end.epoch}`
    case 'batch':
      return batchLine(entry)
    case 'record':
      return recordLine(entry, view)
    case 'invalid-bytes':
      return `Found ${entry.bytes} invalid bytes at the end of ${basename(file)}`
    case 'offset-index':
      return `offset: ${entry.entry.offset} position: ${entry.entry.position}`
    case 'time-index':
      return `timestamp: ${entry.entry.timestamp} offset: ${entry.entry.offset}`
    case 'empty-index':
      return `${file} is empty.`
    case 'sound-index':
      return `${file} passed sanity check.`
    case 'producer':
      return producerLine(entry.producer, entry.firstSequence)
    case 'aborted-transaction': {
      const { producerId, firstOffset, lastOffset, lastStableOffset } = entry.transaction
      return `version: 0 producerId: ${producerId} firstOffset: ${firstOffset} lastOffset: ${lastOffset} lastStableOffset: ${lastStableOffset}`
    }
  }
}

function batchLine({ header, lastSequence, position, isValid }: Extract<Entry, { type: 'batch' }>): string {
  return (
    `baseOffset: ${header.baseOffset} lastOffset: ${header.lastOffset} count: ${header.recordsCount}` +
    ` baseSequence: ${header.baseSequence} lastSequence: ${lastSequence} producerId: ${header.producerId} producerEpoch: ${header.producerEpoch}` +
    ` partitionLeaderEpoch: ${header.partitionLeaderEpoch} isTransactional: ${header.isTransactional} isControl: ${header.isControl}` +
    ` deleteHorizonMs: ${optionalLong(deleteHorizon(header))} position: ${position} ${timestampType(header)}: ${header.maxTimestamp}` +
    ` size: ${header.sizeInBytes} magic: ${header.magic} compresscodec: ${codecName(header.codec)} crc: ${header.crc} isvalid: ${isValid}`
  )
}

function recordLine({ record, control }: Extract<Entry, { type: 'record' }>, view: TextView): string {
  const { printsContent, skipRecordMetadata, decoder, controls } = view
  const shown = skipRecordMetadata
    ? []
    : [metadata(record) + (control === null ? '' : ` ${controls.text(control, record)}`)]
  const content = printsContent && control === null ? contentParts(record, decoder) : []
  return [...shown, ...content].length === 0 ? '' : `| ${[...shown, ...content].join(' ')}`
}

function contentParts(record: StoredRecord, decoder: Decoder): string[] {
  const { key, payload } = decoder.text(record)
  return [...(key === undefined ? [] : [`key: ${key}`]), ...(payload === undefined ? [] : [`payload: ${payload}`])]
}

function metadata({ offset, timestamp, sequence, headers, key, value, batch }: StoredRecord): string {
  return (
    `offset: ${offset} ${timestampType(batch)}: ${timestamp} keySize: ${key?.length ?? -1} valueSize: ${value?.length ?? -1}` +
    ` sequence: ${sequence} headerKeys: [${headers.map((header) => header.key).join(',')}]`
  )
}

function producerLine(producer: SnapshotProducer, firstSequence: number): string {
  const batch =
    producer.lastOffset < 0n
      ? ''
      : ` firstSequence: ${firstSequence} lastSequence: ${producer.lastSequence} lastOffset: ${producer.lastOffset}` +
        ` offsetDelta: ${producer.offsetDelta} timestamp: ${producer.timestamp}`
  const first = producer.currentTransactionFirstOffset
  return (
    `producerId: ${producer.producerId} producerEpoch: ${producer.producerEpoch} coordinatorEpoch: ${producer.coordinatorEpoch}` +
    ` currentTxnFirstOffset: ${optionalLong(first < 0n ? null : first)} lastTimestamp: ${producer.timestamp}${batch}`
  )
}

const optionalLong = (value: bigint | null): string =>
  value === null ? 'OptionalLong.empty' : `OptionalLong[${value}]`

export const timestampType = ({ isLogAppendTime }: BatchHeader): string =>
  isLogAppendTime ? 'LogAppendTime' : 'CreateTime'

const DELETE_HORIZON = 0x40

/**
 * When the cleaner may drop the batch's tombstones and markers: it stands in the place of the base timestamp (KIP-534).
 */
export const deleteHorizon = ({ attributes, baseTimestamp }: BatchHeader): bigint | null =>
  (attributes & DELETE_HORIZON) === 0 ? null : baseTimestamp
