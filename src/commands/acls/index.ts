import { KafkaError } from '../../lib/errors.ts'
import { defineCommand, type Job } from '../../lib/work/command.ts'
import { addAcls } from './add.ts'
import { checkAdd, checkList, checkRemove } from './check.ts'
import { listAcls } from './list.ts'
import { options, type AclsValues } from './options.ts'
import { removeAcls } from './remove.ts'

export const acls = defineCommand({
  examples: [
    {
      command: 'kts acls list --topic retail --resource-pattern-type match',
      about: 'Every ACL that applies to a topic.',
    },
    { command: 'kts acls add --allow-principal User:alice --producer --topic retail', about: 'Let alice write.' },
    {
      command: 'kts acls add --allow-principal User:bob --consumer --topic retail --group shop',
      about: 'Let bob read, as a member of a group.',
    },
    { command: 'kts acls remove --topic retail', about: 'Remove all ACLs of a topic: shows them, and asks.' },
  ],
  options,
  actionsBy: 'option',
  actions: {
    list: { about: 'Show ACLs: all, or those of the resources that are named.', ...job('list', checkList, listAcls) },
    add: { about: 'Add ACLs.', ...job('add', checkAdd, addAcls) },
    remove: {
      about: 'Remove ACLs: those that are described, or all of a resource.',
      ...job('remove', checkRemove, removeAcls),
    },
  },
  dropInFailure: (error) => ({ stdout: `Error while executing ACL command: ${error.message}\n`, exitCode: 1 }),
})

type Check = Job<AclsValues>['check'] & {}
type Run = Job<AclsValues>['run'] & {}

/** Whatever is done begins by asking which ACLs there are: what fails then is named by what was to be done. */
function job(deed: string, check: Check, run: Run): Job<AclsValues> {
  return {
    check,
    async run(work) {
      try {
        return await run(work)
      } catch (error) {
        if (work.context.style === 'drop-in' || !(error instanceof KafkaError)) throw error
        const message = error.message.replace(/^Cannot describe ACLs/, `Cannot ${deed} ACLs`)
        throw new KafkaError(
          error.code,
          error.code === 'SECURITY_DISABLED' ? `${message}; ${HOW_TO_HAVE_ONE}` : message,
        )
      }
    },
  }
}

const HOW_TO_HAVE_ONE =
  'the broker in the box has one with kts broker start --user NAME --acls, ' +
  'any broker with authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer and super.users'
