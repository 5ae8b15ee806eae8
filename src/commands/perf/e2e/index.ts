import { defineCommand } from '../../../lib/work/command.ts'
import { check, options, positionalOrJopt } from './options.ts'
import { measureEndToEnd } from './run.ts'

export const perfE2e = defineCommand({
  examples: [
    { command: 'kts perf e2e latency', about: 'A thousand records of 100 bytes, one after the other.' },
    {
      command: 'kts perf e2e latency -n 10000 --record-size 1000 --producer-acks 1 --json',
      about: 'Acknowledged by the leader alone; the answer in JSON.',
    },
  ],
  options,
  words: [{ name: 'TOPIC', about: 'The topic to send through.', into: 'topic' }],
  dialect: positionalOrJopt,
  check,
  stream: measureEndToEnd,
})
