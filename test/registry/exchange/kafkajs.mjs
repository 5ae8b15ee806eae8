// @kafkajs/confluent-schema-registry as its users use it. Arguments: the folder of node_modules, the package, and those
// of transport.mjs.
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { runProgram } from './transport.mjs'

const [folder, name, ...words] = process.argv.slice(2)
const { SchemaRegistry } = createRequire(join(folder, 'package.json'))(name)

await runProgram(words, {
  async encoder(host, format, topic, { schema }) {
    const registry = new SchemaRegistry({ host })
    const { id } = await registry.register({ type: format.toUpperCase(), schema }, { subject: `${topic}-value` })
    const { message } = await registry.getSchema(id)
    // What is JSON here is a message of protobufjs there.
    return (record) => registry.encode(id, format === 'protobuf' ? message.fromObject(record) : record)
  },
  async decoder(host, format) {
    const registry = new SchemaRegistry({ host })
    return async (bytes) => {
      const record = await registry.decode(bytes)
      return format === 'protobuf'
        ? record.constructor.toObject(record, { longs: String, enums: String, defaults: true })
        : record
    }
  },
})
