import { defineCommand } from '../../lib/work/command.ts'
import { abort, forceTerminate } from './abort.ts'
import { findHanging } from './find-hanging.ts'
import { dialect, options } from './options.ts'
import { describe, describeProducersOf, list } from './show.ts'

export const transactions = defineCommand({
  examples: [
    { command: 'kts transactions', about: 'Every transactional id and the state of its transaction.' },
    { command: 'kts transactions describe loader', about: 'One of them, with the partitions that it writes to.' },
    {
      command: 'kts transactions find-hanging --broker-id 1',
      about: 'Transactions that nobody will end: they hold up readers of committed records.',
    },
    { command: 'kts transactions abort retail -p 0 --start-offset 4711', about: 'End one that was found.' },
    { command: 'kts transactions terminate loader', about: 'Abort what a producer has open, and shut it out.' },
  ],
  options,
  dialect,
  actionsBy: 'word',
  byDefault: 'list',
  actions: {
    list,
    describe,
    describeProducers: describeProducersOf,
    abort,
    findHanging,
    forceTerminateTransaction: forceTerminate,
  },
})
