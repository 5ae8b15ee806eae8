import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { BROKER_DEFINITIONS } from '../../../../../src/lib/broker/state/configs/broker-config-definitions.ts'
import {
  LONG_MAX,
  type Definition,
  type Validator,
} from '../../../../../src/lib/broker/state/configs/definitions/definition.ts'
import { formatValue } from '../../../../../src/lib/broker/state/configs/format-value.ts'
import { GROUP_DEFINITIONS } from '../../../../../src/lib/broker/state/configs/group-config-definitions.ts'
import { TOPIC_DEFINITIONS } from '../../../../../src/lib/broker/state/configs/topic-config-definitions.ts'

interface Fact {
  name: string
  type: string
  default: unknown
  validator: string | null
  update?: string
  internal?: boolean
}

const SOURCE = join(import.meta.dirname, '../../../../../src/lib/broker')
const readJson = (path: string): unknown => JSON.parse(readFileSync(join(import.meta.dirname, path), 'utf8'))
const facts = readJson('../../../../protocol/facts-4.3.0.json') as { topicConfigs: Fact[]; groupConfigs: Fact[] }
/** Taken by reflection from AbstractKafkaConfig and DynamicBrokerConfig of Kafka 4.3.0; defaults are texts. */
const brokerFacts = readJson('broker-configs-4.3.0.json') as Fact[]

/** A validator as Kafka's ConfigDef prints it. */
function notation(validator: Validator | null): string | null {
  switch (validator?.kind) {
    case undefined:
      return null
    case 'range':
      return `[${validator.min},...${validator.max === undefined ? '' : `,${validator.max}`}]${validator.or === undefined ? '' : ` or ${validator.or}`}`
    case 'oneOf':
      return `${validator.ignoreCase ? '(case insensitive) ' : ''}[${validator.values.join(', ')}]`
    case 'items':
      return validator.values ? `[${validator.values.join(', ')}]` : ''
    case 'notEmpty':
      return 'non-empty string'
    case 'throttledReplicas':
      return '[partitionId]:[brokerId],[partitionId]:[brokerId],...'
    case 'offsetReset':
      return '[latest, earliest, by_duration:PnDTnHnMn.nS]'
  }
}

/** What ConfigDef prints for checks that are made in another place here, or that nothing can fail. */
const SAME_AS: Record<string, string | null> = { 'non-null string': null, 'non-empty list': '' }

/** JSON has no exact 2^63-1. */
const number = (value: unknown): unknown =>
  value === 9223372036854776000 ? LONG_MAX : typeof value === 'number' ? BigInt(value) : value

function expectFact(definition: Definition | undefined, fact: Fact): void {
  expect(definition?.type).toBe(fact.type)
  const validator = fact.validator !== null && fact.validator in SAME_AS ? SAME_AS[fact.validator] : fact.validator
  expect(notation(definition!.validator)).toBe(validator)
}

describe('topic configs', () => {
  test('are those of Kafka 4.3, no more and no fewer', () => {
    expect([...TOPIC_DEFINITIONS.keys()].sort()).toEqual(facts.topicConfigs.map(({ name }) => name).sort())
  })

  test.each(facts.topicConfigs)("$name has Kafka's type, default and range", (fact) => {
    const definition = TOPIC_DEFINITIONS.get(fact.name)!
    expectFact(definition, fact)
    expect(definition.default).toEqual(fact.type === 'LONG' ? number(fact.default) : fact.default)
    expect(definition.documentation).toMatch(/^[A-Z*].*\.$/)
  })

  test('fall back to settings of the broker that have the same type, range and default', () => {
    for (const {
      type,
      validator,
      default: fallback,
      fallsBackTo: [first],
    } of TOPIC_DEFINITIONS.values()) {
      if (first === undefined) continue
      const broker = BROKER_DEFINITIONS.get(first)!
      expect(broker.type).toBe(type)
      if (broker.default !== null) expect(broker.default).toEqual(fallback)
      if (broker.validator) expect(notation(broker.validator)).toBe(notation(validator))
    }
  })

  test('fall back exactly where Kafka does (ServerTopicConfigSynonyms)', () => {
    const own = [...TOPIC_DEFINITIONS].filter(([, { fallsBackTo }]) => fallsBackTo.length === 0).map(([name]) => name)
    expect(own.sort()).toEqual([
      'follower.replication.throttled.replicas',
      'internal.segment.bytes',
      'leader.replication.throttled.replicas',
      'remote.log.copy.disable',
      'remote.log.delete.on.disable',
      'remote.storage.enable',
    ])
    expect(TOPIC_DEFINITIONS.get('retention.ms')!.fallsBackTo).toEqual([
      'log.retention.ms',
      'log.retention.minutes',
      'log.retention.hours',
    ])
    expect(TOPIC_DEFINITIONS.get('segment.ms')!.fallsBackTo).toEqual(['log.roll.ms', 'log.roll.hours'])
    expect(TOPIC_DEFINITIONS.get('segment.jitter.ms')!.fallsBackTo).toEqual([
      'log.roll.jitter.ms',
      'log.roll.jitter.hours',
    ])
    expect(TOPIC_DEFINITIONS.get('flush.ms')!.fallsBackTo).toEqual([
      'log.flush.interval.ms',
      'log.flush.scheduler.interval.ms',
    ])
  })

  test('that are only kept are named', () => {
    const kept = [...TOPIC_DEFINITIONS].filter(([, { acts }]) => !acts).map(([name]) => name)
    expect(kept.sort()).toEqual([
      'compression.lz4.level',
      'local.retention.bytes',
      'local.retention.ms',
      'preallocate',
      'remote.log.copy.disable',
      'remote.log.delete.on.disable',
    ])
    const list = kept.map((name) => `\`${name}\``)
    expect(readFileSync(join(import.meta.dirname, '../../../../../docs/broker.md'), 'utf8')).toContain(
      `Topic settings without effect: ${list.join(', ')}.`,
    )
  })
})

describe('group configs', () => {
  test('are those of Kafka 4.3, no more and no fewer', () => {
    expect([...GROUP_DEFINITIONS.keys()].sort()).toEqual(facts.groupConfigs.map(({ name }) => name).sort())
  })

  test.each(facts.groupConfigs)("$name has Kafka's type, default and range", (fact) => {
    const definition = GROUP_DEFINITIONS.get(fact.name)!
    expectFact(definition, fact)
    expect(definition.default).toEqual(fact.default)
    if (definition.fallsBackTo) expect(BROKER_DEFINITIONS.get(definition.fallsBackTo)!.default).toEqual(fact.default)
  })
})

describe('broker configs', () => {
  /** This broker listens on loopback, and has a number, unless told otherwise. */
  const OWN_DEFAULTS: Record<string, string> = { listeners: 'PLAINTEXT://localhost:9092', 'node.id': '1' }

  test('are those of Kafka 4.3, no more and no fewer', () => {
    const kafkas = [...BROKER_DEFINITIONS.keys()].filter((name) => !name.startsWith('kts.'))
    expect(kafkas.sort()).toEqual(brokerFacts.map(({ name }) => name).sort())
  })

  test.each(brokerFacts)("$name has Kafka's type, default, range and update mode", (fact) => {
    const definition = BROKER_DEFINITIONS.get(fact.name)!
    expectFact(definition, fact)
    const fallback = Array.isArray(fact.default) ? fact.default.join(',') : fact.default
    expect(formatValue(definition.default, definition.type)).toBe(OWN_DEFAULTS[fact.name] ?? fallback)
    expect(definition).toMatchObject({ update: fact.update, isInternal: fact.internal })
  })

  test('that are said to have an effect are read somewhere, and those that are read are said to', () => {
    const read = new Set(
      sourceFiles(DECLARATIONS).flatMap((source) =>
        [...source.matchAll(/'([a-z]+(?:\.[a-z]+)*)'/g)].map(([, name]) => name!),
      ),
    )
    const acting = [...BROKER_DEFINITIONS].filter(([, { acts }]) => acts).map(([name]) => name)
    expect(acting.filter((name) => !read.has(name) && !isBehindTopics(name) && !isBound(name))).toEqual([])
    const reads = sourceFiles(DECLARATIONS_AND_CHECKS).flatMap((source) =>
      [...source.matchAll(/onfig(?:\(\))?\.(?:boolean|number|bigint|string|list)\('([^']+)'\)/g)].map(
        ([, name]) => name!,
      ),
    )
    expect(reads.filter((name) => !BROKER_DEFINITIONS.get(name)?.acts)).toEqual([])
  })

  test('that are mere tuning have no effect', () => {
    expect([...BROKER_DEFINITIONS.values()].filter(({ acts, isTuning }) => acts && isTuning)).toEqual([])
  })
})

const DECLARATIONS = /configs\/(definitions\/|.*-definitions)/
/** Checks compare settings with each other, which is no effect. */
const DECLARATIONS_AND_CHECKS = /configs\/(definitions\/|.*-definitions|broker-config-checks)/

function sourceFiles(without: RegExp): string[] {
  const paths = readdirSync(SOURCE, { recursive: true, encoding: 'utf8' }).filter(
    (path) => path.endsWith('.ts') && !without.test(path.replaceAll('\\', '/')),
  )
  return paths.map((path) => readFileSync(join(SOURCE, path), 'utf8'))
}

const isBehindTopics = (name: string): boolean =>
  [...TOPIC_DEFINITIONS.values()].some(
    ({ acts, fallsBackTo }) => acts && (fallsBackTo as readonly string[]).includes(name),
  )
const isBound = (name: string): boolean =>
  [...GROUP_DEFINITIONS.values()].some(({ min, max }) => name === min || name === max)
