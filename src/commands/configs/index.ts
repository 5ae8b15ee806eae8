import { defineCommand } from '../../lib/work/old.ts'
import { withCluster } from '../../lib/work/with-cluster.ts'
import { alter } from './alter.ts'
import { readChanges } from './changes.ts'
import { checkOptions } from './check.ts'
import { describeQuotas } from './describe-quotas.ts'
import { describeResources } from './describe-resources.ts'
import { chosenEntities, isResource } from './entities.ts'
import type { Kind } from './kinds.ts'
import { options } from './options.ts'

export const configs = defineCommand({
  name: 'configs',
  dropIns: ['kafka-configs'],
  about: "Show and change settings of topics, brokers and groups, quotas of clients, and users' SCRAM credentials.",
  examples: [
    {
      command: 'kts configs --describe --topic retail --all',
      about: 'Show every setting of a topic, and where it comes from.',
    },
    {
      command: 'kts configs --alter --topic retail --add-config retention.ms=86400000',
      about: 'Keep the records of a topic for a day.',
    },
    { command: 'kts configs --alter --topic retail --delete-config retention.ms', about: 'Go back to the default.' },
    {
      command: 'kts configs --alter --client reports --add-config consumer_byte_rate=1048576',
      about: 'Let a client read one MiB a second.',
    },
    {
      command: 'kts configs --alter --user alice --add-config "SCRAM-SHA-256=[password=secret]"',
      about: 'Give a user a password.',
    },
  ],
  options,
  check: checkOptions,
  async run(values, context) {
    const entities = chosenEntities(values)
    const [kind] = entities.kinds as [Kind]
    if (values.alter) {
      const changes = readChanges(values, context.cwd)
      return await withCluster(values, context, (client, connection) =>
        alter(client, entities, changes, { values, context, connection }),
      )
    }
    return await withCluster(values, context, (client) =>
      isResource(kind)
        ? describeResources(client, { kind, name: entities.names[0], all: values.all }, context)
        : describeQuotas(client, entities),
    )
  },
})
