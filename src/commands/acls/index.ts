import { defineCommand } from '../../lib/work/old.ts'
import { withCluster } from '../../lib/work/with-cluster.ts'
import { addAcls } from './add.ts'
import { checkOptions, chosenAction } from './check.ts'
import { listAcls } from './list.ts'
import { options } from './options.ts'
import { removeAcls, removeAsApache } from './remove.ts'

export const acls = defineCommand({
  name: 'acls',
  dropIns: ['kafka-acls'],
  about: 'Show, add and remove ACLs: who may do what.',
  examples: [
    {
      command: 'kts acls --list --topic retail --resource-pattern-type match',
      about: 'Everything that has a say about a topic.',
    },
    { command: 'kts acls --add --allow-principal User:alice --producer --topic retail', about: 'Let alice write.' },
    {
      command: 'kts acls --add --allow-principal User:bob --consumer --topic retail --group shop',
      about: 'Let bob read, as a member of a group.',
    },
    { command: 'kts acls --remove --topic retail', about: 'Remove all ACLs of a topic: shows them, and asks.' },
  ],
  options,
  check: checkOptions,
  run(values, context) {
    const action = chosenAction(values)
    return withCluster(values, context, (client, connection) => {
      if (action === 'list') return listAcls(client, values)
      if (action === 'add') return addAcls(client, values, context)
      return context.style === 'drop-in'
        ? removeAsApache(client, values, context)
        : removeAcls(client, values, context, connection)
    })
  },
  dropInFailure: (error) => ({ stdout: `Error while executing ACL command: ${error.message}\n`, exitCode: 1 }),
})
