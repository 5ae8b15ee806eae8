import { defineCommand } from '../../lib/work/command.ts'
import { check } from './check.ts'
import { options } from './options.ts'
import { run } from './run.ts'

export const consume = defineCommand({
  examples: [
    { command: 'kts consume orders --from-beginning', about: 'Everything in a topic, then whatever comes.' },
    {
      command: 'kts consume orders -p 0,2 -o 100 -n 10 --json',
      about: 'Ten records of two partitions from offset 100, as JSON lines.',
    },
    { command: 'kts consume orders --last 20', about: 'The newest twenty of all partitions.' },
    { command: 'kts consume orders --since yesterday --to-end', about: 'From a time to the end, and then stop.' },
    {
      command: "kts consume orders --since '2026-11-20 14:00' --until '2026-11-20 15:00' --grep refund",
      about: 'What fits of an hour.',
    },
    { command: 'kts consume orders -g billing', about: 'As a member of a group, going on where it stopped.' },
    { command: 'kts consume orders --print timestamp,key,value', about: 'Times and keys as well.' },
    { command: "kts consume orders -f '%p %o %k %s\\n'", about: 'By a format string, as in kcat.' },
    { command: 'kts consume orders --json --value json | jq .value.total', about: 'Values that are JSON, for jq.' },
  ],
  options,
  instead: {
    C: 'kts consume reads anyway',
    e: '--to-end ends at what is the end now',
    G: '-g GROUP joins a group',
    J: '--json prints documents',
    K: '--print key,value prints keys',
    L: 'kts cluster and kts topics describe list what there is',
    Z: '--formatter-property null.literal=TEXT says what stands for null',
  },
  words: [{ name: 'TOPIC', about: 'The topics to read.', into: 'topic', isRepeatable: true, isOptional: true }],
  formats: ['text', 'json', 'ndjson'],
  check,
  stream: run,
})
