import { describeCluster } from '../../lib/client/admin/describe-cluster.ts'
import { argparse4j } from '../../lib/command/argparse4j.ts'
import { defineCommand } from '../../lib/work/command.ts'
import { UserError } from '../../lib/errors.ts'
import { describeAll } from './describe.ts'
import { listEndpoints } from './endpoints.ts'
import { options } from './options.ts'
import { unregister } from './unregister.ts'

export const cluster = defineCommand({
  examples: [
    { command: 'kts cluster', about: 'The cluster at a glance.' },
    { command: 'kts cluster id', about: 'Only its id.' },
    { command: 'kts cluster endpoints --bootstrap-controller localhost:9093', about: 'Where the controllers are.' },
    { command: 'kts cluster unregister 3', about: 'Let the cluster forget a broker that is gone for good.' },
  ],
  options,
  dialect: argparse4j,
  actionsBy: 'word',
  byDefault: 'describe',
  actions: {
    describe: {
      about: 'Show the brokers, the controller, racks and releases.',
      only: 'kts',
      check({ values }) {
        if (values.bootstrapController !== undefined)
          throw new UserError('describe asks brokers: name them with --bootstrap-server')
      },
      run: describeAll,
    },
    clusterId: {
      about: 'Show the id of the cluster.',
      verb: 'id',
      async run({ client, values }) {
        const { clusterId } = await describeCluster(client, { controllers: values.bootstrapController !== undefined })
        return { data: { clusterId }, text: () => `Cluster ID: ${clusterId}\n` }
      },
    },
    listEndpoints,
    unregister,
  },
})
