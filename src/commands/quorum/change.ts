import { addVoter, removeVoter } from '../../lib/client/admin/alter-quorum.ts'
import { describeQuorum, endpointName, type QuorumReplica } from '../../lib/client/admin/describe-quorum.ts'
import { asKafkaError, namedError, type ItemError } from '../../lib/client/admin/item-error.ts'
import type { KafkaClient } from '../../lib/client/types.ts'
import type { Result } from '../../lib/command/define.ts'
import { changing } from '../../lib/work/changing.ts'
import { withClient } from '../../lib/work/cluster.ts'
import type { Action, Located, Work } from '../../lib/work/command.ts'
import { readController } from './controller-settings.ts'
import { checkAdd, checkRemove, type QuorumValues } from './options.ts'

type Controller = ReturnType<typeof readController>

/** The settings of the new controller are also those by which the others are reached. Throws KafkaError. */
export const addController: Action<QuorumValues, Controller> = {
  about: 'Add a voter to the quorum.',
  check: checkAdd,
  read: ({ values, context }) => readController(values.commandConfig!, context.cwd),
  async stream(order) {
    if (asksNobody(order)) return showAdded(order)
    return withClient(order, addVoting, { warn() {} })
  },
}

const addVoting = changing<Work<QuorumValues, Controller>, Controller>({
  plan: async ({ input }) => input,
  async preview(work, { id }) {
    const isVoter = (voters: readonly QuorumReplica[]): boolean => voters.some((voter) => voter.id === id)
    await check(work.client, `Cannot add controller ${id}`, (voters) => (isVoter(voters) ? TWICE : null))
    return showAdded(work)
  },
  async apply(work, controller) {
    await addVoter(work.client, controller)
    return showAdded(work)
  },
})

function showAdded({ values: { dryRun }, input }: Located<QuorumValues, Controller>): Result {
  const { id, directoryId } = input
  const endpoints = input.listeners.map(endpointName)
  return {
    data: { id, directoryId, endpoints, added: !dryRun, ...(dryRun && { dryRun }) },
    text: () =>
      `${dryRun ? 'DRY RUN of adding' : 'Added'} controller ${id} with directory id ${directoryId} and endpoints: ${endpoints.join(', ')}\n`,
  }
}

/** Throws KafkaError. */
export const removeController: Action<QuorumValues> = {
  about: 'Remove a voter from the quorum.',
  check: checkRemove,
  async stream(order) {
    return asksNobody(order) ? showRemoved(order) : withClient(order, removeVoting)
  },
}

const removeVoting = changing<Work<QuorumValues>, { id: number; directoryId: string }>({
  plan: async ({ values }) => ({ id: values.controllerId!, directoryId: values.controllerDirectoryId! }),
  async preview(work, { id, directoryId }) {
    const isMeant = (voter: QuorumReplica): boolean => voter.id === id && voter.directoryId === directoryId
    await check(work.client, `Cannot remove controller ${id}`, (voters) => (voters.some(isMeant) ? null : NO_VOTER))
    return showRemoved(work)
  },
  question: ({ id, directoryId }) => ({
    question: `Remove controller ${id} with directory id ${directoryId} from those that vote`,
  }),
  async apply(work, voter) {
    await removeVoter(work.client, voter)
    return showRemoved(work)
  },
})

function showRemoved({ values }: Located<QuorumValues>): Result {
  const { controllerId: id, controllerDirectoryId: directoryId, dryRun } = values
  return {
    data: { id, directoryId, removed: !dryRun, ...(dryRun && { dryRun }) },
    text: () =>
      `${dryRun ? 'DRY RUN of removing ' : 'Removed'} KRaft controller ${id} with directory id ${directoryId}\n`,
  }
}

/** A dry run of Apache's tool does not. */
const asksNobody = ({ values: { dryRun }, context: { style } }: Located<QuorumValues>): boolean =>
  dryRun && style === 'drop-in'

const NO_VOTER = namedError('VOTER_NOT_FOUND', 'No controller of this number and directory votes')
const TWICE = namedError('DUPLICATE_VOTER', 'A controller of this number votes already')
const STATIC = namedError('UNSUPPORTED_VERSION', 'Who votes is settled for good where the kraft.version feature is 0')

/** Whether the quorum as it is now would refuse a change (KIP-853). Throws KafkaError if so. */
async function check(
  client: KafkaClient,
  what: string,
  judge: (voters: readonly QuorumReplica[]) => ItemError | null,
): Promise<void> {
  const error = (await client.featureLevel('kraft.version')) < 1 ? STATIC : judge((await describeQuorum(client)).voters)
  if (error) throw asKafkaError(error, what)
}
