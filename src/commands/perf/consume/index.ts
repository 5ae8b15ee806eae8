import { defineCommand } from '../../../lib/work/command.ts'
import { check, options } from './options.ts'
import { consume } from './run.ts'

export const perfConsume = defineCommand({
  examples: [
    { command: 'kts perf consume load', about: 'All records of a topic.' },
    { command: 'kts perf consume load -n 1000000', about: 'The first million.' },
    {
      command: 'kts perf consume load -n 1000000 -g readers',
      about: 'The same as a member of a group, with the time that joining takes.',
    },
    {
      command: 'kts perf consume load -n 1000000 --show-detailed-stats --reporting-interval 1000',
      about: 'Show progress, second by second.',
    },
  ],
  options,
  words: [{ name: 'TOPIC', about: 'The topic to read.', into: 'topic' }],
  check,
  stream: consume,
})
