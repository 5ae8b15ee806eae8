// Specs of Confluent's JavaScript client that fail against the registry of kts, by name, and why.
const ASSOCIATIONS =
  'kts has no associations of topics with subjects, which are part of no release of the open registry'
const OLDER_ANSWERS =
  'it compares whole answers with those of 7.6; newer ones show ts, deleted and the type of Avro to whoever takes them'

const associated = (format) =>
  [
    'serializes and deserializes with associated name strategy',
    'uses kafka cluster id as namespace when configured',
    'serializes and deserializes correctly across multiple calls with caching',
  ].map((name) => [`${format}SerdeWithAssociatedNameStrategy ${name}`, ASSOCIATIONS])

export const MISSES = {
  ...Object.fromEntries(['Avro', 'Json', 'Protobuf'].flatMap(associated)),
  'MockClient-tests Should get all subjects when calling getAllSubjects':
    'each test has a context of its own here, which stands before the names',
  'MockClient-tests Should permanent delete subject when calling deleteSubject with permanent flag':
    'a registry deletes for good only what was deleted before (40405)',
  'MockClient-tests Should soft delete subject version when calling deleteSubjectVersion':
    'the client itself remembers the id of what it has registered',
  'SchemaRegistryClient Integration Test Should register, retrieve, and delete a schema': OLDER_ANSWERS,
  'SchemaRegistryClient Integration Test Should get schema metadata': OLDER_ANSWERS,
}
