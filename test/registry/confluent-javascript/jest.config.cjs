// Runs the specs that @confluentinc/schemaregistry carries in its package, with three modules put in place of its own.
const beside = (name) => `<rootDir>/${name}`

module.exports = {
  roots: ['<rootDir>/dist'],
  transform: {},
  testTimeout: 20_000,
  moduleNameMapper: {
    // Its specs of serdes and of the mock run against a registry in place of the mock.
    '/mock-schemaregistry-client$': beside('mock-client.cjs'),
    '/test-constants$': beside('test-constants.cjs'),
    // Its Kafka client downloads a library when it is installed.
    '^@confluentinc/kafka-javascript$': beside('kafka-javascript.cjs'),
    '^@confluentinc/schemaregistry/(.*)$': '<rootDir>/dist/$1',
  },
}
