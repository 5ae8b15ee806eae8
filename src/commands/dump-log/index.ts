import { readdirSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { Context } from '../../lib/command/define.ts'
import { defineCommand } from '../../lib/work/command.ts'
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
  examples: [
    {
      command: 'kts dump-log retail-0 --print-data-log',
      about: 'Every record of the segments in a folder, with key and value.',
    },
    {
      command: 'kts dump-log retail-0/00000000000000000000.index --verify-index-only',
      about: 'Whether an index fits its log.',
    },
    {
      command: 'kts dump-log __consumer_offsets-0/00000000000000000000.log --offsets-decoder',
      about: 'What groups have committed.',
    },
    {
      command: 'kts dump-log __cluster_metadata-0 --cluster-metadata-decoder --json',
      about: 'What controllers have decided, as JSON lines.',
    },
  ],
  options,
  words: [
    {
      name: 'FILE',
      about: 'The files; a folder stands for the segments in it.',
      completes: 'files',
      into: 'files',
      isRepeatable: true,
    },
  ],
  formats: ['text', 'json', 'ndjson'],
  check: ({ values }) => checkOptions(values),
  async offline({ values, context, output }) {
    const findings = new Findings()
    const printer = await choosePrinter(values, isForPeople(output))
    const named = values.files!.split(',').filter((name) => name !== '')
    const files = context.style === 'kts' ? named.flatMap((name) => segmentsOf(name, context.cwd)) : named
    for (const file of files) await dumpFile(file, values, printer, findings, context)
    await write(context.stderr, findings.lines())
    return findings.isEmpty || context.style === 'drop-in' ? 0 : 1
  },
})

/** The logs in a folder, in the order of their offsets; anything else is itself. Throws EnvironmentError. */
function segmentsOf(name: string, cwd: string): string[] {
  const path = resolve(cwd, name)
  if (!statSync(path, { throwIfNoEntry: false })?.isDirectory()) return [name]
  const logs = readdirSync(path).filter((file) => file.endsWith('.log'))
  if (logs.length === 0) throw new EnvironmentError(`there is no .log file in the folder ${name}`)
  return logs.sort().map((file) => join(name, file))
}

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
