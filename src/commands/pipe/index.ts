import { defineCommand } from '../../lib/work/command.ts'
import { check, options } from './options.ts'
import { pipe } from './run.ts'

export const pipeCommand = defineCommand({
  examples: [
    {
      command: 'kts pipe orders archive -g archiver --transactional-id archiver-1',
      about: 'Every record as it is, keys, headers and timestamps kept.',
    },
    {
      command: 'kts pipe orders totals -g totals --transactional-id totals-1 -- jq -c --unbuffered .total',
      about: 'Values as lines through a program, which is started for each batch.',
    },
    {
      command: 'kts pipe a b -g upper --transactional-id upper-1 --keep-key -- tr a-z A-Z',
      about: 'Line by line, each with the key of its record.',
    },
    {
      command: "kts pipe log errors -g errors --transactional-id errors-1 -- sh -c 'grep ERROR || true'",
      about: 'A filter; grep alone fails when nothing fits, and that would stop the pipe.',
    },
  ],
  options,
  words: [
    {
      name: 'FROM',
      isOptional: true,
      about: 'The topic to read, in place of --from.',
      completes: 'topics',
    },
    { name: 'TO', isOptional: true, about: 'The topic to write to, in place of --to.', completes: 'topics' },
    {
      name: '-- COMMAND ARGS',
      isRepeatable: true,
      isOptional: true,
      mayBeEmpty: true,
      about:
        'Gets the values of a batch as lines on stdin; all lines that it prints until it ends are written, together with the offsets that were read. An exit code other than 0 aborts the transaction and ends the pipe with that code.',
    },
  ],
  check,
  stream: pipe,
})
