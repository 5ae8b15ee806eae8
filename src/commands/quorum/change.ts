import { addVoter, removeVoter } from '../../lib/client/admin/alter-quorum.ts'
import { describeQuorum, endpointName, type QuorumReplica } from '../../lib/client/admin/describe-quorum.ts'
import { asKafkaError, namedError, type ItemError } from '../../lib/client/admin/item-error.ts'
import type { KafkaClient } from '../../lib/client/types.ts'
import type { Context, Result } from '../../lib/command/define.ts'
import { confirm } from '../../lib/work/confirm.ts'
import { withCluster } from '../../lib/work/with-cluster.ts'
import { readController } from './controller-settings.ts'
import type { QuorumValues } from './options.ts'

/** The settings of the new controller are also those by which the others are reached. Throws KafkaError. */
export async function add(values: QuorumValues, context: Context): Promise<Result> {
  const controller = readController(values.commandConfig!, context.cwd)
  const { id, directoryId } = controller
  const { dryRun } = values
  if (isAsked(values, context)) {
    await withCluster(
      values,
      context,
      async (client) => {
        if (dryRun)
          await check(client, `Cannot add controller ${id}`, (voters) =>
            voters.some((voter) => voter.id === id) ? TWICE : null,
          )
        else await addVoter(client, controller)
      },
      { isServersFile: true },
    )
  }
  const endpoints = controller.listeners.map(endpointName)
  return {
    data: { id, directoryId, endpoints, added: !dryRun, ...(dryRun && { dryRun }) },
    text: () =>
      `${dryRun ? 'DRY RUN of adding' : 'Added'} controller ${id} with directory id ${directoryId} and endpoints: ${endpoints.join(', ')}\n`,
  }
}

/** Throws KafkaError. */
export async function remove(values: QuorumValues, context: Context): Promise<Result> {
  const [id, directoryId, dryRun] = [values.controllerId!, values.controllerDirectoryId!, values.dryRun]
  const isDone =
    isAsked(values, context) &&
    (await withCluster(values, context, async (client, connection) => {
      const isMeant = (voter: QuorumReplica): boolean => voter.id === id && voter.directoryId === directoryId
      if (dryRun)
        return check(client, `Cannot remove controller ${id}`, (voters) => (voters.some(isMeant) ? null : NO_VOTER))
      const deed = { question: `Remove controller ${id} with directory id ${directoryId} from those that vote` }
      if (!(await confirm(deed, { values, context, connection }))) return false
      await removeVoter(client, { id, directoryId })
      return true
    }))
  return {
    data: { id, directoryId, removed: isDone && !dryRun, ...(dryRun && { dryRun }) },
    text: () =>
      isDone || dryRun
        ? `${dryRun ? 'DRY RUN of removing ' : 'Removed'} KRaft controller ${id} with directory id ${directoryId}\n`
        : '',
  }
}

/** A dry run of Apache's tool asks nobody. */
const isAsked = ({ dryRun }: QuorumValues, { style }: Context): boolean => !dryRun || style === 'kts'

const NO_VOTER = namedError('VOTER_NOT_FOUND', 'No controller of this number and directory votes')
const TWICE = namedError('DUPLICATE_VOTER', 'A controller of this number votes already')
const STATIC = namedError('UNSUPPORTED_VERSION', 'Who votes is settled for good where the kraft.version feature is 0')

/** Whether the quorum as it is now would refuse a change (KIP-853). Throws KafkaError if so. */
async function check(
  client: KafkaClient,
  what: string,
  judge: (voters: readonly QuorumReplica[]) => ItemError | null,
): Promise<true> {
  const error = (await client.featureLevel('kraft.version')) < 1 ? STATIC : judge((await describeQuorum(client)).voters)
  if (error) throw asKafkaError(error, what)
  return true
}
