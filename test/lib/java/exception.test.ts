import { expect, test } from 'vitest'
import { javaException } from '../../../src/lib/java/exception.ts'

test.each([
  ['UNKNOWN_TOPIC_OR_PARTITION', 'org.apache.kafka.common.errors.UnknownTopicOrPartitionException'],
  ['KAFKA_STORAGE_ERROR', 'org.apache.kafka.common.errors.KafkaStorageException'],
  ['INVALID_TOPIC_EXCEPTION', 'org.apache.kafka.common.errors.InvalidTopicException'],
  ['TOPIC_ALREADY_EXISTS', 'org.apache.kafka.common.errors.TopicExistsException'],
  ['INVALID_RECORD', 'org.apache.kafka.common.InvalidRecordException'],
])('%s is %s to Java', (code, name) => {
  expect(javaException(code)).toBe(name)
})
