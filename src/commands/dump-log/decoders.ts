import { COORDINATOR_RECORDS, readCoordinatorRecord } from '../../lib/client/consumer/index.ts'
import { MalformedError } from '../../lib/errors.ts'
import type { DumpValues } from './options.ts'

/** What is shown of a record's key and value; undefined for nothing. */
export interface Content {
  readonly key?: string | undefined
  readonly payload?: string | undefined
}

export type Decoder = (key: Buffer | null, value: Buffer | null, offset: bigint) => Content

/** As text, unless the records are those of one of Kafka's own topics. */
export function chooseDecoder({ offsetsDecoder, transactionLogDecoder }: DumpValues): Decoder {
  if (offsetsDecoder) return coordinatorDecoder(new Map([...COORDINATOR_RECORDS.offsets, ...COORDINATOR_RECORDS.groups]))
  if (transactionLogDecoder) return coordinatorDecoder(COORDINATOR_RECORDS.transactions)
  return (key, value) => ({ key: key?.toString(), payload: value?.toString() })
}

/** A record that cannot be read is named, and passed over. */
function coordinatorDecoder(types: Parameters<typeof readCoordinatorRecord>[0]): Decoder {
  return (key, value, offset) => {
    if (key === null) return { key: `Error at offset ${offset}, skipping. The record has no key.` }
    try {
      const record = readCoordinatorRecord(types, key, value)
      if (!record) return { key: `Unknown record type ${key.readInt16BE(0)} at offset ${offset}, skipping.` }
      return {
        key: `{"type":"${record.type}","data":${record.keyJson}}`,
        payload: record.value === null ? '<DELETE>' : `{"version":"${record.value.version}","data":${record.value.json}}`,
      }
    } catch (error) {
      if (!(error instanceof MalformedError || error instanceof RangeError)) throw error
      return { key: `Error at offset ${offset}, skipping. ${error.message}` }
    }
  }
}
