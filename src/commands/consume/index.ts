import { defineCommand } from '../../lib/work/command.ts'
import { check } from './check.ts'
import { options } from './options.ts'
import { run } from './run.ts'

export const consume = defineCommand({
  examples: [
    { command: 'kts consume -t orders --from-beginning', about: 'Everything in a topic, then whatever comes.' },
    {
      command: 'kts consume -t orders -p 0,2 -o 100 -c 10 --json',
      about: 'Ten records of two partitions from offset 100, as JSON lines.',
    },
    { command: 'kts consume -t orders --last 20', about: 'The newest twenty of all partitions.' },
    { command: 'kts consume -t orders --since yesterday --to-end', about: 'From a moment to the end, and then stop.' },
    {
      command: "kts consume -t orders --since '2026-11-20 14:00' --until '2026-11-20 15:00' --grep refund",
      about: 'What fits of an hour.',
    },
    { command: 'kts consume -t orders -g billing', about: 'As a member of a group, going on where it stopped.' },
    {
      command: 'kts consume -t orders --formatter-property print.key=true --formatter-property key.separator=:',
      about: 'Keys as well.',
    },
  ],
  options,
  formats: ['text', 'json', 'ndjson'],
  check,
  stream: run,
})
