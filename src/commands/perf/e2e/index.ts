import { defineCommand } from '../../../lib/work/old.ts'
import { check } from './check.ts'
import { options } from './options.ts'
import { positionalOrJopt } from './positional.ts'
import { measureEndToEnd } from './run.ts'

export const perfE2e = defineCommand({
  name: 'perf e2e',
  dropIns: ['kafka-e2e-latency'],
  about: 'Measure how long a record takes from producer to consumer.',
  examples: [
    {
      command: 'kts perf e2e -t latency -n 10000 --record-size 100',
      about: 'Ten thousand records, one after the other.',
    },
    {
      command: 'kts perf e2e -t latency -n 10000 --record-size 100 --producer-acks 1 --json',
      about: 'Acknowledged by the leader alone; the answer in JSON.',
    },
  ],
  options,
  dialect: positionalOrJopt,
  check,
  run: measureEndToEnd,
})
