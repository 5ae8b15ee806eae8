import { defineCommand } from '../../lib/work/command.ts'
import { alterTopics } from './alter.ts'
import { createTopics } from './create.ts'
import { deleteTopics } from './delete.ts'
import { describeTopics } from './describe.ts'
import { listTopics } from './list.ts'
import { options } from './options.ts'
import { watchTopics } from './watch.ts'

export const topics = defineCommand({
  examples: [
    { command: 'kts topics create retail --partitions 3', about: 'Create a topic with three partitions.' },
    { command: 'kts topics list', about: 'List the topics.' },
    { command: 'kts topics describe "retail|clicks.*" --json', about: 'Describe some topics, as JSON.' },
    { command: 'kts topics describe --unavailable-partitions', about: 'Find partitions without a leader.' },
    { command: 'kts topics describe retail --watch', about: 'Watch leaders and ISRs while brokers come and go.' },
    { command: 'kts topics delete retail', about: 'Delete a topic.' },
  ],
  options,
  actionsBy: 'option',
  actions: {
    list: listTopics,
    describe: {
      ...describeTopics,
      run: (work) => (work.values.watch === undefined ? describeTopics.run!(work) : watchTopics(work)),
    },
    create: createTopics,
    alter: alterTopics,
    delete: deleteTopics,
  },
  dropInFailure: (error) => ({ stdout: `Error while executing topic command : ${error.message}\n`, exitCode: 1 }),
})
