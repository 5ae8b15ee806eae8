import { defineCommand } from '../../lib/work/old.ts'
import { withCluster } from '../../lib/work/with-cluster.ts'
import { abort, forceTerminate } from './abort.ts'
import { findHanging } from './find-hanging.ts'
import { ACTIONS, chosenAction, dialect, options } from './options.ts'
import { describe, describeProducersOf, list } from './show.ts'

export const transactions = defineCommand({
  name: 'transactions',
  dropIns: ['kafka-transactions'],
  about: 'Show transactions and their producers, and end those that hang.',
  examples: [
    { command: 'kts transactions', about: 'Every transactional id and the state of its transaction.' },
    {
      command: 'kts transactions describe --transactional-id loader',
      about: 'One of them, with the partitions that it writes to.',
    },
    {
      command: 'kts transactions find-hanging --broker-id 1',
      about: 'Transactions that nobody will end: they hold up readers of committed records.',
    },
    { command: 'kts transactions abort -t retail -p 0 --start-offset 4711', about: 'End one that was found.' },
    {
      command: 'kts transactions force-terminate-transaction --transactional-id loader',
      about: 'Abort what a producer has open, and shut it out.',
    },
  ],
  options,
  dialect,
  positional: {
    name: 'ACTION',
    about: 'list, describe, describe-producers, abort, find-hanging or force-terminate-transaction.',
    completes: ACTIONS,
  },
  check: (values, { style }, words = []) => void chosenAction(values, words, style),
  run(values, context, words) {
    const action = chosenAction(values, words, context.style)
    return withCluster(values, context, (client, connection) => {
      const order = { values, context, connection }
      switch (action) {
        case 'list':
          return list(client, values)
        case 'describe':
          return describe(client, values.transactionalId!, context)
        case 'describe-producers':
          return describeProducersOf(client, values, context)
        case 'abort':
          return abort(client, order)
        case 'find-hanging':
          return findHanging(client, values, context)
        case 'force-terminate-transaction':
          return forceTerminate(client, values.transactionalId!, order)
      }
    })
  },
})
