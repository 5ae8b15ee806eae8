import { describeCluster } from '../../lib/client/admin/describe-cluster.ts'
import { asKafkaError, namedError } from '../../lib/client/admin/item-error.ts'
import { unregisterBroker } from '../../lib/client/admin/unregister-broker.ts'
import type { KafkaClient } from '../../lib/client/types.ts'
import type { Result } from '../../lib/command/define.ts'
import { changing } from '../../lib/work/changing.ts'
import { showPlanOfOne } from '../../lib/work/outcomes.ts'
import type { Action, Work } from '../../lib/work/command.ts'
import { KafkaError, UserError } from '../../lib/errors.ts'
import type { ClusterValues } from './options.ts'

export const unregister: Action<ClusterValues> = {
  about: 'Let the cluster forget a broker that is gone for good.',
  words: [{ name: 'ID', about: 'The number of the broker.', into: 'id' }],
  check({ values: { id }, action }) {
    if (id === undefined) throw new UserError(`${action} needs --id`)
  },
  run: changing<Work<ClusterValues>, number>({
    plan: async ({ values }) => values.id!,
    preview,
    question: (id) => ({ question: `Unregister broker ${id}` }),
    apply,
  }),
}

/** To Apache's tool a cluster that registers no brokers is no failure. Throws KafkaError. */
async function apply({ client, context }: Work<ClusterValues>, id: number): Promise<Result> {
  try {
    const error = await unregisterBroker(client, id)
    if (error) throw asKafkaError(error, `Cannot unregister broker ${id}`)
    return { data: { broker: id, unregistered: true }, text: () => `Broker ${id} is no longer registered.\n` }
  } catch (error) {
    if (context.style === 'kts' || !isUnsupported(error)) throw error
    return {
      data: { broker: id, unregistered: false },
      text: () => 'The target cluster does not support the broker unregistration API.\n',
    }
  }
}

async function preview({ client }: Work<ClusterValues>, id: number): Promise<Result> {
  const known = await registeredBrokers(client)
  if (known && !known.has(id)) {
    throw asKafkaError(
      namedError('BROKER_ID_NOT_REGISTERED', 'The cluster has no such broker'),
      `Cannot unregister broker ${id}`,
    )
  }
  const isRunning = (await client.brokers()).some(({ nodeId }) => nodeId === id)
  return showPlanOfOne({
    data: { broker: id, unregistered: false },
    sentence: `Would unregister broker ${id}${isRunning ? ', which is still running' : ''}.`,
  })
}

/** Those too that are not running; null from clusters that do not tell of these (before 4.0). */
async function registeredBrokers(client: KafkaClient): Promise<ReadonlySet<number> | null> {
  try {
    return new Set((await describeCluster(client, { includeFencedBrokers: true })).nodes.map(({ nodeId }) => nodeId))
  } catch (error) {
    if (!isUnsupported(error)) throw error
    return null
  }
}

const isUnsupported = (error: unknown): boolean => error instanceof KafkaError && error.code === 'UNSUPPORTED_VERSION'
