import {
  CLASSIC_GROUP_RECORDS,
  CONSUMER_GROUP_RECORDS,
  groupMetadataJson,
  messageJson,
  OFFSET_RECORDS,
  readCoordinatorRecord,
  SHARE_GROUP_RECORDS,
  SHARE_STATE_RECORDS,
  STREAMS_GROUP_RECORDS,
  TRANSACTION_RECORDS,
  type CoordinatorRecord,
  type CoordinatorRecordTypes,
  type JsonForm,
} from '../../lib/protocol/internal-records/index.ts'
import { orProblem, problemMembers, type Content, type Decoder } from './decoder.ts'
import type { StoredRecord } from './entries.ts'
import { APACHE_FORM, KTS_FORM } from './message-forms.ts'

/** `__consumer_offsets` */
export const offsetsDecoder = coordinatorDecoder(
  new Map([
    ...OFFSET_RECORDS,
    ...CLASSIC_GROUP_RECORDS,
    ...CONSUMER_GROUP_RECORDS,
    ...SHARE_GROUP_RECORDS,
    ...STREAMS_GROUP_RECORDS,
  ]),
)

/** `__transaction_state` */
export const transactionsDecoder = coordinatorDecoder(TRANSACTION_RECORDS)

/** `__share_group_state` */
export const shareGroupStateDecoder = coordinatorDecoder(SHARE_STATE_RECORDS)

/** A record that cannot be read is named, and passed over. */
function coordinatorDecoder(types: CoordinatorRecordTypes): Decoder {
  return {
    text: (record) =>
      orProblem<Content>(
        () => {
          const known = read(types, record)
          return known === undefined ? { key: unknownType(record) } : contentOf(known)
        },
        (problem) => ({ key: `Error at offset ${record.offset}, skipping. ${problem}` }),
      ),
    json: (record) =>
      orProblem(
        () => {
          const known = read(types, record)
          return known === undefined ? problemMembers(record, unknownType(record)) : membersOf(known)
        },
        (problem) => problemMembers(record, problem),
      ),
  }
}

function read(types: CoordinatorRecordTypes, { key, value }: StoredRecord): CoordinatorRecord | undefined {
  if (key === null) throw new RangeError('The record has no key.')
  return readCoordinatorRecord(types, key, value)
}

const unknownType = ({ key, offset }: StoredRecord): string =>
  `Unknown record type ${key!.readInt16BE(0)} at offset ${offset}, skipping.`

const contentOf = (record: CoordinatorRecord): Content => ({
  key: `{"type":"${record.type}","data":${messageJson(record.key)}}`,
  payload:
    record.value === null
      ? '<DELETE>'
      : `{"version":"${record.value.version}","data":${valueJson(record, APACHE_FORM)}}`,
})

const membersOf = (record: CoordinatorRecord): string =>
  `"key":{"type":"${record.name}","data":${messageJson(record.key, KTS_FORM)}},` +
  `"value":${record.value === null ? 'null' : `{"version":${record.value.version},"data":${valueJson(record, KTS_FORM)}}`}`

const valueJson = ({ name, value }: CoordinatorRecord, form: Partial<JsonForm>): string =>
  name === 'GROUP_METADATA' ? groupMetadataJson(value!, form) : messageJson(value!, form)
