import { describeCluster } from '../../lib/client/admin/describe-cluster.ts'
import { asKafkaError } from '../../lib/client/admin/item-error.ts'
import { unregisterBroker } from '../../lib/client/admin/unregister-broker.ts'
import type { KafkaClient } from '../../lib/client/types.ts'
import { argparse4j } from '../../lib/command/argparse4j.ts'
import { defineCommand, type Context, type Result } from '../../lib/command/define.ts'
import { withCluster } from '../../lib/config/with-cluster.ts'
import { KafkaError } from '../../lib/errors.ts'
import { describeAll } from './describe.ts'
import { listEndpoints } from './endpoints.ts'
import { ACTIONS, chosenAction, options, type Action, type ClusterValues } from './options.ts'

export const cluster = defineCommand({
  name: 'cluster',
  dropIns: ['kafka-cluster'],
  about: 'Show the cluster: its brokers, controller, racks and releases.',
  examples: [
    { command: 'kts cluster', about: 'The cluster at a glance.' },
    { command: 'kts cluster cluster-id', about: 'Only its id.' },
    { command: 'kts cluster list-endpoints --bootstrap-controller localhost:9093', about: 'Where the controllers are.' },
    { command: 'kts cluster unregister --id 3', about: 'Let the cluster forget a broker that is gone for good.' },
  ],
  options,
  dialect: argparse4j,
  positional: { name: 'ACTION', about: 'describe, cluster-id, list-endpoints or unregister.', completes: ACTIONS },
  check: (values, { style }, words = []) => void chosenAction(values, words, style),
  run(values, context, words) {
    const action = chosenAction(values, words, context.style)
    return withCluster({ ...values, commandConfig: values.commandConfig ?? values.config }, context, (client) => act(client, action, values, context))
  },
})

function act(client: KafkaClient, action: Action, values: ClusterValues, context: Context): Promise<Result> {
  const controllers = values.bootstrapController !== undefined
  switch (action) {
    case 'describe': return describeAll(client, context)
    case 'cluster-id': return showId(client, controllers)
    case 'list-endpoints': return listEndpoints(client, { controllers, includeFencedBrokers: values.includeFencedBrokers })
    case 'unregister': return unregister(client, values.id!, context)
  }
}

async function showId(client: KafkaClient, controllers: boolean): Promise<Result> {
  const { clusterId } = await describeCluster(client, { controllers })
  return { data: { clusterId }, text: () => `Cluster ID: ${clusterId}\n` }
}

/** To Apache's tool a cluster that registers no brokers is no failure. */
async function unregister(client: KafkaClient, id: number, { style }: Context): Promise<Result> {
  try {
    const error = await unregisterBroker(client, id)
    if (error) throw asKafkaError(error, `Cannot unregister broker ${id}`)
    return { data: { broker: id, unregistered: true }, text: () => `Broker ${id} is no longer registered.\n` }
  } catch (error) {
    if (style === 'kts' || !(error instanceof KafkaError && error.code === 'UNSUPPORTED_VERSION')) throw error
    return { data: { broker: id, unregistered: false }, text: () => 'The target cluster does not support the broker unregistration API.\n' }
  }
}
