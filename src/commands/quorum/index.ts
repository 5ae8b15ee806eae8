import { argparse4j } from '../../lib/command/argparse4j.ts'
import { defineCommand } from '../../lib/work/command.ts'
import { addController, removeController } from './change.ts'
import { describeQuorum } from './describe.ts'
import { options } from './options.ts'

export const quorum = defineCommand({
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
  actionsBy: 'word',
  byDefault: 'describe',
  actions: { describe: describeQuorum, addController, removeController },
})
