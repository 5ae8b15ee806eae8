import { messageJson, readControlRecord } from '../../lib/protocol/internal-records/index.ts'
import type { EndMarker } from '../../lib/protocol/records/index.ts'
import { toJson } from '../../lib/output/json.ts'
import { orProblem, type ControlDecoder } from './decoder.ts'
import type { ControlContent, StoredRecord } from './entries.ts'
import { APACHE_FORM, KTS_FORM } from './message-forms.ts'

export const controlDecoder: ControlDecoder = {
  text(control, record) {
    if (isEnd(control)) return `endTxnMarker: ${endName(control)} coordinatorEpoch: ${control.coordinatorEpoch}`
    const plain = `controlType: ${typeName(control)}(${control.kind})`
    return orProblem(
      () => {
        const message = read(control, record)
        // Apache's tool writes a colon behind this one only.
        return message === undefined
          ? plain
          : `${message.type.name}${message.type.name === 'LeaderChange' ? ':' : ''} ${messageJson(message, APACHE_FORM)}`
      },
      (problem) => `${plain} ${problem}`,
    )
  },
  json(control, record) {
    if (isEnd(control)) return toJson({ type: endName(control), coordinatorEpoch: control.coordinatorEpoch })
    return orProblem(
      () => {
        const message = read(control, record)
        if (message === undefined) return toJson({ type: typeName(control), id: control.kind })
        return `{"type":"${message.type.name}","version":${message.version},"data":${messageJson(message, KTS_FORM)}}`
      },
      (problem) => toJson({ type: typeName(control), id: control.kind, problem }),
    )
  },
}

const isEnd = (control: ControlContent): control is EndMarker => 'committed' in control

const endName = ({ committed }: EndMarker): string => (committed ? 'COMMIT' : 'ABORT')

const read = (
  { kind }: Exclude<ControlContent, EndMarker>,
  { value }: StoredRecord,
): ReturnType<typeof readControlRecord> => (value === null ? undefined : readControlRecord(kind, value))

/** ControlRecordType */
const CONTROL_TYPES = [
  'ABORT',
  'COMMIT',
  'LEADER_CHANGE',
  'SNAPSHOT_HEADER',
  'SNAPSHOT_FOOTER',
  'KRAFT_VERSION',
  'KRAFT_VOTERS',
]

const typeName = ({ kind }: Exclude<ControlContent, EndMarker>): string => CONTROL_TYPES[kind] ?? 'UNKNOWN'
