import type { KafkaClient } from '../../lib/client/types.ts'
import { defineCommand, type Context, type Result } from '../../lib/command/define.ts'
import type { Connection } from '../../lib/config/connection.ts'
import { withCluster } from '../../lib/config/with-cluster.ts'
import { write } from '../../lib/output/write.ts'
import { alterTopics } from './alter.ts'
import { createTopic, readNewTopic } from './create.ts'
import { deleteMatching } from './delete.ts'
import { describeMatching } from './describe.ts'
import { listNames } from './list.ts'
import { checkOptions, chosenAction, options, type TopicsValues } from './options.ts'

type Act = (client: KafkaClient, connection: Connection) => Promise<Result>

export const topics = defineCommand({
  name: 'topics',
  dropIns: ['kafka-topics'],
  about: 'Create, list, describe, alter and delete topics.',
  examples: [
    { command: 'kts topics --create --topic retail --partitions 3', about: 'Create a topic with three partitions.' },
    { command: 'kts topics --list', about: 'List the topics.' },
    { command: 'kts topics --describe --topic "retail|clicks.*" --json', about: 'Describe some topics, as JSON.' },
    { command: 'kts topics --describe --unavailable-partitions', about: 'Find partitions without a leader.' },
    { command: 'kts topics --delete --topic retail', about: 'Delete a topic.' },
  ],
  options,
  check: checkOptions,
  async run(values, context) {
    const act = prepare(values, context)
    if (values.deleteConfig.length > 0) {
      await write(
        context.stderr,
        `${context.program}: --delete-config has no effect: settings are deleted with kafka-configs\n`,
      )
    }
    return withCluster(values, context, act)
  },
  dropInFailure: (error) => ({ stdout: `Error while executing topic command : ${error.message}\n`, exitCode: 1 }),
})

/** Reads what an action needs before anything is asked of a broker. Throws UserError. */
function prepare(values: TopicsValues, context: Context): Act {
  switch (chosenAction(values)) {
    case 'list':
      return (client) => listNames(client, values, context)
    case 'describe':
      return (client) => describeMatching(client, values, context)
    case 'alter':
      return (client) => alterTopics(client, values, context)
    case 'delete':
      return (client, connection) => deleteMatching(client, values, context, connection)
    case 'create': {
      const topic = readNewTopic(values)
      return (client) => createTopic(client, topic, values, context)
    }
  }
}
