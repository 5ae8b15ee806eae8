// As much of @confluentinc/kafka-javascript as the specs use, over kafkajs.
const { randomUUID } = require('node:crypto')
const kafkajs = require('kafkajs')

class Kafka {
  #kafka = new kafkajs.Kafka({ brokers: [process.env.BOOTSTRAP], logLevel: kafkajs.logLevel.NOTHING })

  producer() {
    return this.#kafka.producer({ createPartitioner: kafkajs.Partitioners.DefaultPartitioner })
  }

  /** In a group of its own: members of one of kafkajs have to subscribe to the same topics. */
  consumer({ kafkaJS: { fromBeginning } }) {
    const consumer = this.#kafka.consumer({ groupId: randomUUID() })
    const subscribe = consumer.subscribe.bind(consumer)
    consumer.subscribe = (topic) => subscribe({ ...topic, fromBeginning })
    return consumer
  }
}

exports.KafkaJS = {
  Kafka,
  CompressionTypes: kafkajs.CompressionTypes,
  PartitionAssigners: kafkajs.PartitionAssigners,
}
