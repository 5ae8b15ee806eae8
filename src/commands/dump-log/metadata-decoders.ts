import {
  CLUSTER_METADATA_RECORDS,
  messageJson,
  readFramedRecord,
  REMOTE_LOG_METADATA_RECORDS,
  type FramedRecordTypes,
  type StoredMessage,
} from '../../lib/protocol/internal-records/index.ts'
import { orProblem, problemMembers, type Content, type Decoder } from './decoder.ts'
import { APACHE_FORM, KTS_FORM } from './message-forms.ts'
import { remoteLogText } from './remote-log-text.ts'

/** `__cluster_metadata` */
export const clusterMetadataDecoder = metadataDecoder(
  CLUSTER_METADATA_RECORDS,
  'Error at',
  (message) =>
    `{"type":"${message.type.name}","version":${message.version},"data":${messageJson(message, APACHE_FORM)}}`,
)

/** `__remote_log_metadata` */
export const remoteLogMetadataDecoder = metadataDecoder(REMOTE_LOG_METADATA_RECORDS, 'Error at offset', remoteLogText)

/** Records of these topics have no keys. One that cannot be read is named, and passed over. */
function metadataDecoder(types: FramedRecordTypes, errorAt: string, show: (message: StoredMessage) => string): Decoder {
  return {
    text: ({ value, offset }) =>
      orProblem<Content>(
        () => ({ payload: show(readFramedRecord(types, value)) }),
        (problem) => ({ payload: `${errorAt} ${offset}, skipping. ${problem}` }),
      ),
    json: (record) =>
      orProblem(
        () => members(readFramedRecord(types, record.value)),
        (problem) => problemMembers(record, problem),
      ),
  }
}

const members = (message: StoredMessage): string =>
  `"key":null,"value":{"type":"${message.type.name}","version":${message.version},"data":${messageJson(message, KTS_FORM)}}`
