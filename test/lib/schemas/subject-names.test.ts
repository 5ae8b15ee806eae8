import { expect, test } from 'vitest'
import type { ParsedSchema } from '../../../src/lib/schemas/format.ts'
import { subjectNameStrategy } from '../../../src/lib/schemas/subject-names.ts'

const schema = { recordName: () => 'shop.Order' } as unknown as ParsedSchema
const nameless = { recordName: () => undefined } as unknown as ParsedSchema
const property = 'value.subject.name.strategy'

test.each([
  ['TopicNameStrategy', 'orders-value'],
  ['io.confluent.kafka.serializers.subject.TopicNameStrategy', 'orders-value'],
  ['RecordNameStrategy', 'shop.Order'],
  ['io.confluent.kafka.serializers.subject.TopicRecordNameStrategy', 'orders-shop.Order'],
])('%s', (name, subject) => {
  expect(subjectNameStrategy(name, property)({ topic: 'orders', part: 'value', schema })).toBe(subject)
})

test('a strategy that takes a name says so where there is none', () => {
  const strategy = subjectNameStrategy('RecordNameStrategy', property)
  expect(() => strategy({ topic: 'orders', part: 'key' })).toThrow('name the schema with --key-schema')
  expect(() => strategy({ topic: 'orders', part: 'key', schema: nameless })).toThrow('the schema of the key has none')
})

test('one that kts does not have is refused', () => {
  expect(() => subjectNameStrategy('com.acme.Mine', property)).toThrow(
    'value.subject.name.strategy=com.acme.Mine is not known; known are TopicNameStrategy, RecordNameStrategy, TopicRecordNameStrategy',
  )
})
