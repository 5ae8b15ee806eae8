import { describeCluster } from '../../lib/client/admin/describe-cluster.ts'
import type { KafkaClient } from '../../lib/client/types.ts'
import { argparse4j } from '../../lib/command/argparse4j.ts'
import type { Result } from '../../lib/command/define.ts'
import { defineCommand } from '../../lib/work/old.ts'
import { withCluster, type Order } from '../../lib/work/with-cluster.ts'
import { describeAll } from './describe.ts'
import { listEndpoints } from './endpoints.ts'
import { ACTIONS, chosenAction, options, type Action, type ClusterValues } from './options.ts'
import { unregister } from './unregister.ts'

export const cluster = defineCommand({
  name: 'cluster',
  dropIns: ['kafka-cluster'],
  about: 'Show the cluster: its brokers, controller, racks and releases.',
  examples: [
    { command: 'kts cluster', about: 'The cluster at a glance.' },
    { command: 'kts cluster cluster-id', about: 'Only its id.' },
    {
      command: 'kts cluster list-endpoints --bootstrap-controller localhost:9093',
      about: 'Where the controllers are.',
    },
    { command: 'kts cluster unregister --id 3', about: 'Let the cluster forget a broker that is gone for good.' },
  ],
  options,
  dialect: argparse4j,
  positional: { name: 'ACTION', about: 'describe, cluster-id, list-endpoints or unregister.', completes: ACTIONS },
  check: (values, { style }, words = []) => void chosenAction(values, words, style),
  run(values, context, words) {
    const action = chosenAction(values, words, context.style)
    return withCluster(
      { ...values, commandConfig: values.commandConfig ?? values.config },
      context,
      (client, connection) => act(client, action, { values, context, connection }),
    )
  },
})

function act(client: KafkaClient, action: Action, order: Order<ClusterValues>): Promise<Result> {
  const { values, context } = order
  const controllers = values.bootstrapController !== undefined
  switch (action) {
    case 'describe':
      return describeAll(client, context)
    case 'cluster-id':
      return showId(client, controllers)
    case 'list-endpoints':
      return listEndpoints(client, { controllers, includeFencedBrokers: values.includeFencedBrokers })
    case 'unregister':
      return unregister(client, values.id!, order)
  }
}

async function showId(client: KafkaClient, controllers: boolean): Promise<Result> {
  const { clusterId } = await describeCluster(client, { controllers })
  return { data: { clusterId }, text: () => `Cluster ID: ${clusterId}\n` }
}
