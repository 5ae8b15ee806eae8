import {
  OFFSET_RECORDS,
  readCoordinatorRecord,
  TRANSACTION_RECORDS,
} from '../../../src/lib/protocol/internal-records/index.ts'
import { batches, readEndMarker, RecordReader } from '../../../src/lib/protocol/records/index.ts'
import { OFFSETS_TOPIC, TRANSACTION_TOPIC } from '../../../src/lib/protocol/topic-names.ts'
import type { Target } from '../clients/producers.ts'
import { Violation } from './violation.ts'

const TYPES = new Map([
  [OFFSETS_TOPIC, OFFSET_RECORDS],
  [TRANSACTION_TOPIC, TRANSACTION_RECORDS],
])
type Values = Readonly<Record<string, unknown>>

const PREPARE_COMMIT = 2
const PREPARE_ABORT = 3

/** What coordinators have put down for good, and what may happen only after that. */
export class CoordinatorChecks {
  private readonly offsets = new Set<string>()
  private readonly decisions = new Set<string>()
  private readonly markers: { readonly decision: string; readonly where: string }[] = []

  /** To be called with what became committed of any topic. */
  onCommitted(topic: string, records: Buffer): void {
    const types = TYPES.get(topic)
    if (!types) return
    for (const [key, value] of entriesOf(records)) {
      const record = readCoordinatorRecord(types, key, value)
      if (record?.value) this.note(record.key.values, record.value.values)
    }
  }

  private note(key: Values, value: Values): void {
    const { producerId, producerEpoch, transactionStatus: status } = value
    if (status === PREPARE_COMMIT || status === PREPARE_ABORT)
      this.decisions.add(`${String(producerId)} ${String(producerEpoch)} ${status === PREPARE_COMMIT}`)
    if ('group' in key) this.offsets.add(nameOf(key.group, key, value.offset))
  }

  /** A group was told so: it is committed at that moment. */
  offsetCommitted(group: string, { topic, partition }: Target, offset: bigint): void {
    if (!this.offsets.has(nameOf(group, { topic, partition }, offset)))
      throw new Violation(`${group} was told of offset ${offset} of ${topic}-${partition}, which is not committed`)
  }

  /** To be called with what a leader appends. */
  onAppended(name: string, records: Buffer): void {
    for (const { header, at } of batches(records)) {
      const marker = header.isControl ? readEndMarker(records, at, header) : null
      if (!marker) continue
      const decision = `${header.producerId} ${header.producerEpoch} ${marker.committed}`
      this.markers.push({ decision, where: `${name}@${header.baseOffset}` })
    }
  }

  /** To be called when all is known of a turn: no partition has a marker before the decision is committed. */
  onTurnEnd(): void {
    for (const { decision, where } of this.markers.splice(0))
      if (!this.decisions.has(decision))
        throw new Violation(`there is a marker at ${where} before it is committed that ${decision} is decided`)
  }
}

const nameOf = (group: unknown, { topic, partition }: Values, offset: unknown): string =>
  [group, topic, partition, offset].join(' ')

function* entriesOf(records: Buffer): Generator<[key: Buffer, value: Buffer | null]> {
  const reader = new RecordReader()
  for (const { header, at } of batches(records)) {
    if (header.isControl) continue
    reader.open(records, at, header)
    while (reader.next()) {
      const { body, keyStart, keyLength, valueStart, valueLength } = reader
      const value = valueLength < 0 ? null : body.subarray(valueStart, valueStart + valueLength)
      yield [body.subarray(keyStart, keyStart + keyLength), value]
    }
  }
}
