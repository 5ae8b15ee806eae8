import { codecName, type RecordHeader } from '../../lib/protocol/records/index.ts'
import { bytesToJson, toJson } from '../../lib/output/json.ts'
import type { Entry, Printer, StoredRecord } from './entries.ts'
import { deleteHorizon, timestampType, type TextView } from './text.ts'

/** One JSON document a line for each entry, with the file that it was found in. */
export const jsonPrinter = (view: TextView): Printer => ({
  begin: () => '',
  entry: (entry, file) =>
    `{"type":"${entry.type}","file":${toJson(file)}${members(entry, view)
      .map((member) => `,${member}`)
      .join('')}}\n`,
})

/** What an entry says, as members of its document. */
function members(entry: Entry, view: TextView): string[] {
  switch (entry.type) {
    case 'log':
      return of({ startOffset: entry.startOffset })
    case 'snapshot':
      return of({ endOffset: entry.end?.offset ?? null, epoch: entry.end?.epoch ?? null })
    case 'batch':
      return of(batchData(entry))
    case 'record':
      return recordMembers(entry, view)
    case 'invalid-bytes':
      return of({ bytes: entry.bytes })
    case 'offset-index':
    case 'time-index':
      return of(entry.entry)
    case 'producer':
      return of({ ...entry.producer, firstSequence: entry.firstSequence })
    case 'aborted-transaction':
      return of(entry.transaction)
    case 'empty-index':
    case 'sound-index':
      return []
  }
}

const of = (data: object): string[] => [toJson(data).slice(1, -1)]

function batchData({ header, lastSequence, position, isValid }: Extract<Entry, { type: 'batch' }>): object {
  return {
    baseOffset: header.baseOffset,
    lastOffset: header.lastOffset,
    count: header.recordsCount,
    baseSequence: header.baseSequence,
    lastSequence,
    producerId: header.producerId,
    producerEpoch: header.producerEpoch,
    partitionLeaderEpoch: header.partitionLeaderEpoch,
    isTransactional: header.isTransactional,
    isControl: header.isControl,
    deleteHorizonMs: deleteHorizon(header),
    position,
    timestampType: timestampType(header),
    maxTimestamp: header.maxTimestamp,
    sizeInBytes: header.sizeInBytes,
    magic: header.magic,
    compression: codecName(header.codec),
    crc: header.crc,
    isValid,
  }
}

function recordMembers({ record, control }: Extract<Entry, { type: 'record' }>, view: TextView): string[] {
  const { printsContent, skipRecordMetadata, decoder, controls } = view
  return [
    ...(skipRecordMetadata ? [] : metadataMembers(record)),
    ...(control !== null && !skipRecordMetadata ? [`"control":${controls.json(control, record)}`] : []),
    ...(control === null && printsContent ? [decoder.json(record)] : []),
  ]
}

function metadataMembers({ offset, timestamp, sequence, headers, key, value, batch }: StoredRecord): string[] {
  return [
    ...of({
      offset,
      timestampType: timestampType(batch),
      timestamp,
      keySize: key?.length ?? -1,
      valueSize: value?.length ?? -1,
      sequence,
    }),
    `"headers":[${headers.map(headerJson).join(',')}]`,
  ]
}

const headerJson = ({ key, value }: RecordHeader): string => `{"key":${toJson(key)},"value":${bytesToJson(value)}}`
