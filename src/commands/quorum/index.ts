import { addVoter, removeVoter } from '../../lib/client/admin/alter-quorum.ts'
import { endpointName } from '../../lib/client/admin/describe-quorum.ts'
import type { KafkaClient } from '../../lib/client/types.ts'
import { argparse4j } from '../../lib/command/argparse4j.ts'
import { defineCommand, type Context, type Result } from '../../lib/command/define.ts'
import { withCluster } from '../../lib/config/with-cluster.ts'
import { readController } from './controller-settings.ts'
import { describeReplication, describeStatus } from './describe.ts'
import { ACTIONS, chosenAction, options, type QuorumValues } from './options.ts'

export const quorum = defineCommand({
  name: 'quorum',
  dropIns: ['kafka-metadata-quorum'],
  about: 'Show the controllers that hold the metadata of the cluster, and let them vote or not.',
  examples: [
    { command: 'kts quorum', about: 'Who leads, and who votes.' },
    { command: 'kts quorum describe --replication', about: 'How far each of them is.' },
    { command: 'kts quorum remove-controller --controller-id 3 --controller-directory-id qqqqqqqqqqqqqqqqqqqqqg --dry-run', about: 'What taking a vote away would do.' },
  ],
  options,
  dialect: argparse4j,
  helpSucceeds: true,
  positional: { name: 'ACTION', about: 'describe, add-controller or remove-controller.', completes: ACTIONS },
  check: (values, { style }, words = []) => void chosenAction(values, words, style),
  run(values, context, words) {
    const action = chosenAction(values, words, context.style)
    switch (action) {
      case 'describe': return withCluster(values, context, (client) => describe(client, values, context))
      case 'add-controller': return add(values, context)
      case 'remove-controller': return remove(values, context)
    }
  },
})

function describe(client: KafkaClient, { replication, humanReadable, bootstrapController }: QuorumValues, { clock }: Context): Promise<Result> {
  return replication ? describeReplication(client, clock, { humanReadable }) : describeStatus(client, { controllers: bootstrapController !== undefined })
}

/** The settings of the new controller are also those by which the others are reached. */
async function add(values: QuorumValues, context: Context): Promise<Result> {
  const controller = readController(values.commandConfig!, context.cwd)
  const { dryRun } = values
  if (!dryRun) await withCluster(values, context, (client) => addVoter(client, controller), { isServersFile: true })
  const endpoints = controller.listeners.map(endpointName)
  const { id, directoryId } = controller
  return {
    data: { id, directoryId, endpoints, added: !dryRun },
    text: () => `${dryRun ? 'DRY RUN of adding' : 'Added'} controller ${id} with directory id ${directoryId} and endpoints: ${endpoints.join(', ')}\n`,
  }
}

async function remove(values: QuorumValues, context: Context): Promise<Result> {
  const [id, directoryId, dryRun] = [values.controllerId!, values.controllerDirectoryId!, values.dryRun]
  if (!dryRun) await withCluster(values, context, (client) => removeVoter(client, { id, directoryId }))
  return {
    data: { id, directoryId, removed: !dryRun },
    text: () => `${dryRun ? 'DRY RUN of removing ' : 'Removed'} KRaft controller ${id} with directory id ${directoryId}\n`,
  }
}
