import { defineCommand } from '../../../lib/work/old.ts'
import { check } from './check.ts'
import { options } from './options.ts'
import { consume } from './run.ts'

export const perfConsume = defineCommand({
  name: 'perf consume',
  dropIns: ['kafka-consumer-perf-test'],
  about: 'Measure how fast records can be read.',
  examples: [
    { command: 'kts perf consume -t load -n 1000000', about: 'The first million records of a topic.' },
    {
      command: 'kts perf consume -t load -n 1000000 -g readers',
      about: 'The same as a member of a group, with the time that joining takes.',
    },
    {
      command: 'kts perf consume -t load -n 1000000 --show-detailed-stats --reporting-interval 1000',
      about: 'How it goes, second by second.',
    },
  ],
  options,
  check,
  run: consume,
})
