// @confluentinc/schemaregistry as its users use it. Arguments: the folder of node_modules, and those of transport.mjs.
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { runProgram } from './transport.mjs'

const [folder, ...words] = process.argv.slice(2)
const require = createRequire(join(folder, 'package.json'))
const client = require('@confluentinc/schemaregistry')
const { create, createFileRegistry, fromBinary, fromJson, toJson } = require('@bufbuild/protobuf')
const { FileDescriptorProtoSchema } = require('@bufbuild/protobuf/wkt')
const { SchemaRegistryClient, SerdeType } = client

const NAMES = { avro: 'Avro', json: 'Json', protobuf: 'Protobuf' }
const open = (url) => new SchemaRegistryClient({ baseURLs: [url] })
const part = (format, kind, registry, config) =>
  new client[`${NAMES[format]}${kind}`](registry, SerdeType.VALUE, config)

await runProgram(words, {
  async encoder(url, format, topic, { schema, message }) {
    const registry = open(url)
    const subject = `${topic}-value`
    await registry.register(subject, { schemaType: format.toUpperCase(), schema })
    const serializer = part(format, 'Serializer', registry, { useLatestVersion: true })
    if (format !== 'protobuf') return (record) => serializer.serialize(topic, record)
    const type = await typeOf(registry, subject, message)
    serializer.registry.add(type)
    return (record) => serializer.serialize(topic, fromJson(type, record))
  },
  async decoder(url, format, topic) {
    const registry = open(url)
    const deserializer = part(format, 'Deserializer', registry, {})
    if (format !== 'protobuf') return (bytes) => deserializer.deserialize(topic, bytes)
    return async (bytes) => {
      const message = await deserializer.deserialize(topic, bytes)
      return toJson(await typeOf(registry, `${topic}-value`, message.$typeName), message, { alwaysEmitImplicit: true })
    }
  },
})

/** What generated code would say of a message, from what the registry says of its file. */
async function typeOf(registry, subject, name) {
  const { schema } = await registry.getLatestSchemaMetadata(subject, 'serialized')
  const file = fromBinary(FileDescriptorProtoSchema, Buffer.from(schema, 'base64'))
  return createFileRegistry(create(FileDescriptorProtoSchema, file), () => undefined).getMessage(name)
}
