import { describe, expect, it } from 'vitest'
import { CONSUMER_ASSIGNMENT, CONSUMER_SUBSCRIPTION } from '../../../../src/lib/protocol/consumer-protocol.ts'
import {
  CLASSIC_GROUP_RECORDS,
  CLUSTER_METADATA_RECORDS,
  CONSUMER_GROUP_RECORDS,
  KRAFT_CONTROL_RECORDS,
  OFFSET_RECORDS,
  REMOTE_LOG_METADATA_RECORDS,
  SHARE_GROUP_RECORDS,
  SHARE_STATE_RECORDS,
  STREAMS_GROUP_RECORDS,
  TRANSACTION_RECORDS,
  type CoordinatorRecordTypes,
  type FramedRecordTypes,
  type MessageType,
} from '../../../../src/lib/protocol/internal-records/index.ts'
import { isField, type Field, type Fields } from '../../../../src/lib/protocol/schema.ts'
import { renamed, wireFields } from '../declared.ts'
import { RECORD_FACTS, type CoordinatorFacts, type MessageFacts } from '../facts.ts'

type Case = readonly [label: string, type: MessageType, facts: MessageFacts]

const coordinators: readonly (readonly [CoordinatorRecordTypes, CoordinatorFacts])[] = [
  [
    new Map([
      ...OFFSET_RECORDS,
      ...CLASSIC_GROUP_RECORDS,
      ...CONSUMER_GROUP_RECORDS,
      ...SHARE_GROUP_RECORDS,
      ...STREAMS_GROUP_RECORDS,
    ]),
    RECORD_FACTS.group,
  ],
  [SHARE_STATE_RECORDS, RECORD_FACTS.share],
  [TRANSACTION_RECORDS, RECORD_FACTS.transaction],
]

const framed: readonly (readonly [FramedRecordTypes, typeof RECORD_FACTS.metadata])[] = [
  [CLUSTER_METADATA_RECORDS, RECORD_FACTS.metadata],
  [REMOTE_LOG_METADATA_RECORDS, RECORD_FACTS.remote],
]

const {
  LeaderChangeMessage,
  SnapshotHeaderRecord,
  SnapshotFooterRecord,
  KRaftVersionRecord,
  VotersRecord,
  ConsumerProtocolSubscription,
  ConsumerProtocolAssignment,
} = RECORD_FACTS.other

const cases: readonly Case[] = [
  ...coordinators.flatMap(([types, facts]) =>
    [...types.values()].flatMap((type): Case[] => [
      [`key of ${type.name}`, type.key, facts[type.name]!.key],
      [type.name, type.value, facts[type.name]!.value],
    ]),
  ),
  ...framed.flatMap(([types, facts]) => [...types.values()].map((type): Case => [type.name, type, facts[type.name]!])),
  ...[LeaderChangeMessage!, SnapshotHeaderRecord!, SnapshotFooterRecord!, KRaftVersionRecord!, VotersRecord!].map(
    (facts, index): Case => [facts.class, KRAFT_CONTROL_RECORDS.get(index + 2)!, facts],
  ),
  [CONSUMER_SUBSCRIPTION.name, CONSUMER_SUBSCRIPTION, ConsumerProtocolSubscription!],
  [CONSUMER_ASSIGNMENT.name, CONSUMER_ASSIGNMENT, ConsumerProtocolAssignment!],
]

describe.each(cases)('%s is declared as Kafka 4.3.0 has it', (_label, type, facts) => {
  it('versions', () => {
    expect([type.minVersion, type.maxVersion]).toEqual(facts.versions)
  })

  it.each(Object.entries(facts.byVersion))('version %s, field by field', (version, fields) => {
    expect(
      wireFields(type.fields, Number(version), type.isFlexible(Number(version)), { nullableStructs: true }),
    ).toEqual(renamed(fields))
  })

  it('defaults, in the order of their declaration', () => {
    expect(defaultsOf(type.fields)).toEqual(Object.entries(facts.defaults[facts.class]!))
    expect(
      structsIn(type.fields)
        .filter((fields) => !isDeclared(fields, facts))
        .map((fields) => Object.keys(fields)),
    ).toEqual([])
  })
})

it('every kind of record is there, under its number', () => {
  for (const [types, facts] of [...coordinators, ...framed]) {
    expect(Object.fromEntries([...types].map(([id, { name }]) => [name, id]))).toEqual(
      Object.fromEntries(Object.entries(facts).map(([name, { id }]) => [name, id])),
    )
  }
  expect([...KRAFT_CONTROL_RECORDS.keys()]).toEqual([2, 3, 4, 5, 6])
})

/** The facts do not say which class a struct has: any class of the message with these fields and defaults will do. */
const isDeclared = (fields: Fields, { defaults }: MessageFacts): boolean =>
  Object.values(defaults).some((facts) => JSON.stringify(Object.entries(facts)) === JSON.stringify(defaultsOf(fields)))

const defaultsOf = (fields: Fields): [string, unknown][] =>
  Object.entries(fields).map(([name, field]) => [name, defaultFact(field)])

function defaultFact(field: Field): unknown {
  if (field.default === null) return null
  switch (field.type) {
    case 'struct':
      return {}
    case 'bytes':
      return `bytes:${(field.default as Buffer).length}`
    case 'uuid':
      return `uuid:${field.default as string}`
    case 'int64':
      return Number(field.default)
    default:
      return field.default
  }
}

function structsIn(fields: Fields): Fields[] {
  return Object.values(fields).flatMap(({ of }) => (of === undefined || isField(of) ? [] : [of, ...structsIn(of)]))
}
