// What stands for the mock: Confluent's own client, each in a context of its own of a registry, where ids begin at 1.
const { randomUUID } = require('node:crypto')

exports.MockClient = function MockClient(config = {}) {
  const { SchemaRegistryClient } = require('./dist/schemaregistry-client.js')
  const context = `.${randomUUID()}`
  const client = new SchemaRegistryClient({ ...config, baseURLs: [`${process.env.REGISTRY_URL}/contexts/${context}`] })
  // Executors of rules are configured once, and compare what with.
  client.config = () => config
  // The specs tidy up what may not be there, and the mock does not mind.
  const deleteSubject = client.deleteSubject.bind(client)
  client.deleteSubject = (...args) =>
    deleteSubject(...args).catch((error) => {
      if (error.errorCode !== 40401) throw error
      return []
    })
  return client
}
