import { argparse4j } from '../../../lib/command/argparse4j.ts'
import { defineCommand } from '../../../lib/work/command.ts'
import { check, options } from './options.ts'
import { readPayloadsFor } from './payloads.ts'
import { produce } from './run.ts'
import { serversOf } from './settings.ts'

export const perfProduce = defineCommand({
  examples: [
    { command: 'kts perf produce load', about: 'A hundred thousand records of 100 bytes, as fast as it goes.' },
    {
      command: 'kts perf produce load -n 1000000 --record-size 1000',
      about: 'A million records of 1 kB.',
    },
    {
      command: 'kts perf produce load -n 1024000 --record-size 1000 --producers 16',
      about: 'The same from sixteen producers at once.',
    },
    {
      command: 'kts perf produce load -n 60000 --record-size 100 --throughput 1000 --warmup-records 5000',
      about: 'A thousand a second for a minute; latencies without the start.',
    },
    {
      command: 'kts perf produce load -n 100000 --payload-file access.log --command-property compression.type=zstd',
      about: 'Lines of a file, compressed.',
    },
  ],
  options,
  words: [{ name: 'TOPIC', about: 'The topic to send to.', into: 'topic' }],
  dialect: argparse4j,
  helpsWhenBare: true,
  check,
  read: readPayloadsFor,
  servers: serversOf,
  stream: produce,
})
