import type { KafkaClient } from '../../lib/client/types.ts'
import type { Result } from '../../lib/command/define.ts'
import { defineCommand } from '../../lib/work/old.ts'
import { withCluster } from '../../lib/work/with-cluster.ts'
import { cancel } from './cancel.ts'
import { execute } from './execute.ts'
import { generate } from './generate.ts'
import { list } from './list.ts'
import { chosenAction, options } from './options.ts'
import { checkPlan, readBrokers, readPlan, readTopics } from './plan-file.ts'
import { Failure } from './report.ts'
import { verify } from './verify.ts'

export const reassign = defineCommand({
  name: 'reassign',
  dropIns: ['kafka-reassign-partitions'],
  about: 'Move replicas of partitions between brokers, and between directories of a broker.',
  examples: [
    {
      command: 'kts reassign --generate --topics-to-move-json-file topics.json --broker-list 1,2,3',
      about: 'A proposal; save it as plan.json.',
    },
    {
      command: 'kts reassign --execute --reassignment-json-file plan.json --throttle 50000000',
      about: 'Begin, with 50 MB a second at most.',
    },
    {
      command: 'kts reassign --verify --reassignment-json-file plan.json',
      about: 'See how far it is; takes the throttle away at the end.',
    },
    { command: 'kts reassign --list', about: 'Everything that is under way.' },
  ],
  options,
  check: (values) => void chosenAction(values),
  run(values, context, _words, output) {
    const action = chosenAction(values)
    const { cwd } = context
    const inCluster = (work: (client: KafkaClient) => Promise<Result>): Promise<Result> =>
      withCluster({ ...values, brokerList: undefined }, context, work)
    if (action === 'list') return inCluster(list)
    if (action === 'generate') {
      const [topics, brokers] = [readTopics(values.topicsToMoveJsonFile!, cwd), readBrokers(values.brokerList!)]
      return inCluster((client) => generate(client, topics, brokers, { rackAware: !values.disableRackAware }))
    }
    const plan = readPlan(values.reassignmentJsonFile!, cwd)
    if (action === 'verify') return inCluster((client) => verify(client, plan, values, context, output))
    if (action === 'cancel') return inCluster((client) => cancel(client, plan, values, context, output))
    checkPlan(plan, values.reassignmentJsonFile!)
    return inCluster((client) => execute(client, plan, values, context, output))
  },
  dropInFailure: (error) => ({ stdout: `${error instanceof Failure ? '' : 'Error: '}${error.message}\n`, exitCode: 1 }),
})
