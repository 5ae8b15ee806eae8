import type { KafkaClient } from '../../lib/client/types.ts'
import { argparse4j } from '../../lib/command/argparse4j.ts'
import type { Context, Result } from '../../lib/command/define.ts'
import { defineCommand } from '../../lib/work/old.ts'
import { withCluster } from '../../lib/work/with-cluster.ts'
import { add, remove } from './change.ts'
import { describeReplication, describeStatus } from './describe.ts'
import { ACTIONS, chosenAction, options, type QuorumValues } from './options.ts'

export const quorum = defineCommand({
  name: 'quorum',
  dropIns: ['kafka-metadata-quorum'],
  about: 'Show the controllers that hold the metadata of the cluster, and let them vote or not.',
  examples: [
    { command: 'kts quorum', about: 'Who leads, and who votes.' },
    { command: 'kts quorum describe --replication', about: 'How far each of them is.' },
    {
      command:
        'kts quorum remove-controller --controller-id 3 --controller-directory-id qqqqqqqqqqqqqqqqqqqqqg --dry-run',
      about: 'What taking a vote away would do.',
    },
  ],
  options,
  dialect: argparse4j,
  helpSucceeds: true,
  positional: { name: 'ACTION', about: 'describe, add-controller or remove-controller.', completes: ACTIONS },
  check: (values, { style }, words = []) => void chosenAction(values, words, style),
  run(values, context, words) {
    const action = chosenAction(values, words, context.style)
    switch (action) {
      case 'describe':
        return withCluster(values, context, (client) => describe(client, values, context))
      case 'add-controller':
        return add(values, context)
      case 'remove-controller':
        return remove(values, context)
    }
  },
})

function describe(
  client: KafkaClient,
  { replication, humanReadable, bootstrapController }: QuorumValues,
  { clock }: Context,
): Promise<Result> {
  return replication
    ? describeReplication(client, clock, { humanReadable })
    : describeStatus(client, { controllers: bootstrapController !== undefined })
}
