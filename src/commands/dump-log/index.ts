import { resolve } from 'node:path'
import type { Context } from '../../lib/command/define.ts'
import { defineCommand } from '../../lib/work/old.ts'
import { EnvironmentError, MalformedError } from '../../lib/errors.ts'
import { isForPeople } from '../../lib/output/formats.ts'
import { write } from '../../lib/output/write.ts'
import { chooseDecoder } from './choose-decoder.ts'
import type { Entry, Printer } from './entries.ts'
import { Findings } from './findings.ts'
import { dumpOffsetIndex, dumpTimeIndex } from './indexes.ts'
import { dumpLog } from './log.ts'
import { checkOptions, depth, options, type DumpValues } from './options.ts'
import { dumpProducerSnapshot, dumpTransactionIndex } from './states.ts'
import { textPrinter } from './text.ts'

const CHUNK = 64 * 1024

export const dumpLogCommand = defineCommand({
  name: 'dump-log',
  dropIns: ['kafka-dump-log'],
  about: 'Show what lies in the files of a broker: batches and records, indexes, producers. Needs no broker.',
  examples: [
    {
      command: 'kts dump-log --files retail-0/00000000000000000000.log --print-data-log',
      about: 'Every record with key and value.',
    },
    {
      command: 'kts dump-log --files retail-0/00000000000000000000.index --verify-index-only',
      about: 'Whether an index fits its log.',
    },
    {
      command: 'kts dump-log --files __consumer_offsets-0/00000000000000000000.log --offsets-decoder',
      about: 'What groups have committed.',
    },
    {
      command: 'kts dump-log --files __cluster_metadata-0/00000000000000000000.log --cluster-metadata-decoder --json',
      about: 'What controllers have decided, as JSON lines.',
    },
  ],
  options,
  formats: ['text', 'json', 'ndjson'],
  check: checkOptions,
  async run(values, context, _words, output) {
    const findings = new Findings()
    const printer = await choosePrinter(values, isForPeople(output))
    for (const file of values.files!.split(',').filter((name) => name !== ''))
      await dumpFile(file, values, printer, findings, context)
    await write(context.stderr, findings.lines())
    return findings.isEmpty || context.style === 'drop-in' ? 0 : 1
  },
})

async function dumpFile(
  file: string,
  values: DumpValues,
  printer: Printer,
  findings: Findings,
  { cwd, stdout, stderr }: Context,
): Promise<void> {
  const entries = entriesOf(file, resolve(cwd, file), values, findings)
  let chunk = printer.begin(file)
  try {
    for (const entry of entries ?? []) {
      chunk += printer.entry(entry, file)
      if (chunk.length < CHUNK) continue
      await write(stdout, chunk)
      chunk = ''
    }
  } catch (error) {
    throw error instanceof MalformedError ? new EnvironmentError(`${file} is damaged: ${error.message}`) : error
  } finally {
    await write(stdout, chunk)
  }
  if (entries === null) await write(stderr, `Ignoring unknown file ${file}\n`)
}

async function choosePrinter(values: DumpValues, isText: boolean): Promise<Printer> {
  const { controlDecoder } = await import('./control-decoder.ts')
  const { printsContent } = depth(values)
  const view = {
    printsContent,
    skipRecordMetadata: values.skipRecordMetadata,
    decoder: await chooseDecoder(values),
    controls: controlDecoder,
  }
  return isText ? textPrinter(view) : (await import('./json.ts')).jsonPrinter(view)
}

/** Null for a file of a kind that nobody knows. */
function entriesOf(file: string, path: string, values: DumpValues, findings: Findings): Generator<Entry> | null {
  const indexView = { ...values, maxMessageSize: values.maxMessageSize ?? 5 * 1024 * 1024 }
  switch (/\.[^./]*$/.exec(file)?.[0]) {
    case '.log':
    case '.checkpoint':
      return dumpLog(path, { isDeep: depth(values).isDeep, maxBytes: values.maxBytes }, findings)
    case '.index':
      return dumpOffsetIndex(path, indexView, findings)
    case '.timeindex':
      return dumpTimeIndex(path, indexView, findings)
    case '.snapshot':
      return dumpProducerSnapshot(path)
    case '.txnindex':
      return dumpTransactionIndex(path)
    default:
      return null
  }
}
