import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { chooseDecoder } from '../../../src/commands/dump-log/choose-decoder.ts'
import { dumpLogCommand } from '../../../src/commands/dump-log/index.ts'
import type { Entry, StoredRecord } from '../../../src/commands/dump-log/entries.ts'
import { Findings } from '../../../src/commands/dump-log/findings.ts'
import { controlDecoder } from '../../../src/commands/dump-log/control-decoder.ts'
import { dumpLog } from '../../../src/commands/dump-log/log.ts'
import type { DumpValues } from '../../../src/commands/dump-log/options.ts'
import { execute } from '../../../src/dispatch.ts'
import { createContext } from '../../support/context.ts'
import { randomNumbers } from '../../support/random.ts'
import { entryOf } from '../../support/run-command.ts'

/**
 * Files and the text that Apache's tool shows for them. Those with a topic's name were written by a Kafka 4.3.0; the
 * others hold every kind of record in every version, filled at random by Kafka's own classes: with nulls, tagged
 * fields, odd text.
 */
const folder = fileURLToPath(new URL('kafka-4.3.0', import.meta.url))
const SEGMENT = '00000000000000000000.log'

async function dump(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const { context, stdout, stderr } = createContext({
    style: args.includes('--json') ? 'kts' : 'drop-in',
    program: 'kafka-dump-log',
    cwd: folder,
  })
  return {
    code: await execute(entryOf(dumpLogCommand), args, context),
    stdout: stdout(),
    stderr: stderr(),
  }
}

const DECODERS: Readonly<Record<string, string>> = {
  '__cluster_metadata-0': 'cluster-metadata',
  '__consumer_offsets-0': 'offsets',
  '__consumer_offsets-1': 'offsets',
  '__remote_log_metadata-1': 'remote-log-metadata',
  '__share_group_state-1': 'share-group-state',
  'every-cluster-metadata': 'cluster-metadata',
  'every-offsets': 'offsets',
  'every-remote-log-metadata': 'remote-log-metadata',
  'every-share-group-state': 'share-group-state',
  'every-transaction-log': 'transaction-log',
}

const filesIn = (name: string): string[] =>
  readdirSync(`${folder}/${name}`)
    .filter((file) => file !== 'expected.txt')
    .sort((a, b) => Number(a.endsWith('.checkpoint')) - Number(b.endsWith('.checkpoint')))
    .map((file) => `${name}/${file}`)

it('all of them are tried', () => {
  expect(readdirSync(folder).sort()).toEqual(Object.keys(DECODERS).sort())
})

describe.each(Object.entries(DECODERS))('%s', (name, decoder) => {
  const args = [
    `--${decoder}-decoder`,
    '--files',
    filesIn(name).join(','),
    ...(name.startsWith('every') ? ['--skip-record-metadata'] : []),
  ]

  it("is shown as Apache's tool shows it", async () => {
    expect(await dump(...args)).toEqual({
      code: 0,
      stdout: readFileSync(`${folder}/${name}/expected.txt`, 'utf8'),
      stderr: '',
    })
  })

  it('is shown as JSON', async () => {
    const { stdout } = await dump(...args, '--json')
    const documents = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { type: string; value?: unknown; problem?: string; control?: object })
    const records = documents.filter(({ type }) => type === 'record')
    const shown = readFileSync(`${folder}/${name}/expected.txt`, 'utf8').match(/^\|.*$/gm)!
    expect(records.length).toBe(shown.length)
    expect(records.filter(({ problem }) => problem !== undefined)).toEqual([])
    expect(records.filter(({ value }) => value === null).length).toBe(
      shown.filter((line) => line.includes('payload: <DELETE>')).length,
    )
  })
})

it('says in JSON what a record is', async () => {
  const { stdout } = await dump(
    '--json',
    '--files',
    `__consumer_offsets-1/${SEGMENT}`,
    '--offsets-decoder',
    '--max-bytes',
    '411',
  )
  const [log, batch, ...records] = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as unknown)
  expect(log).toEqual({ type: 'log', file: `__consumer_offsets-1/${SEGMENT}`, startOffset: 0 })
  expect(batch).toMatchObject({
    type: 'batch',
    baseOffset: 0,
    sizeInBytes: 411,
    isValid: true,
    timestampType: 'CreateTime',
    deleteHorizonMs: null,
  })
  expect(records[0]).toMatchObject({
    type: 'record',
    offset: 0,
    sequence: 0,
    headers: [],
    key: { type: 'CONSUMER_GROUP_MEMBER_METADATA', data: { groupId: 'g-cons' } },
    value: {
      version: 0,
      data: { instanceId: 'inst-1', rackId: 'rack-1', rebalanceTimeoutMs: 300000, classicMemberMetadata: null },
    },
  })
  const numbers = await dump(
    '--json',
    '--files',
    `every-offsets/${SEGMENT}`,
    '--offsets-decoder',
    '--skip-record-metadata',
  )
  expect(numbers.stdout).toContain('"commitTimestamp":"9223372036854775807"')
  expect(numbers.stdout).not.toContain(':9223372036854775807')
  const controls = await dump(
    '--json',
    '--files',
    '__cluster_metadata-0/00000000000000000000-0000000000.checkpoint',
    '--deep-iteration',
  )
  expect(controls.stdout).toContain(
    '"control":{"type":"KRaftVersion","version":0,"data":{"version":0,"kRaftVersion":1}}',
  )
  expect(controls.stdout).toContain(
    '{"type":"snapshot","file":"__cluster_metadata-0/00000000000000000000-0000000000.checkpoint","endOffset":0,"epoch":0}',
  )
})

describe.each(Object.entries(DECODERS))('%s, damaged', (name, decoder) => {
  it('is shown as far as it can be, and never stops the tool', async () => {
    const { text, json } = await chooseDecoder({ [camelCase(`${decoder}-decoder`)]: true } as unknown as DumpValues)
    const random = randomNumbers(848)
    let problems = 0
    for (const { record, control } of recordsIn(`${folder}/${filesIn(name)[0]!}`)) {
      for (let round = 0; round < 20; round += 1) {
        const damaged = { ...record, key: damage(record.key, random), value: damage(record.value, random) }
        const document = JSON.parse(control ? controlDecoder.json(control, damaged) : `{${json(damaged)}}`) as {
          problem?: string
        }
        if (document.problem === undefined) continue
        problems += 1
        const shown = control ? controlDecoder.text(control, damaged) : Object.values(text(damaged)).join('')
        expect(shown).toMatch(/skipping\.|^controlType: /)
      }
    }
    expect(problems).toBeGreaterThan(10)
  })
})

const camelCase = (name: string): string => name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase())

const recordsIn = (path: string): Extract<Entry, { type: 'record' }>[] =>
  [...dumpLog(path, { isDeep: true, maxBytes: undefined }, new Findings())].filter((entry) => entry.type === 'record')

/** Now and then as it is, or null; cut off, too long, or with some bits turned round. */
function damage(bytes: StoredRecord['key'], random: () => number): Buffer | null {
  const copy = Buffer.from(bytes ?? 'none')
  const pick = random()
  if (pick < 0.3) return bytes
  if (pick < 0.35) return null
  if (pick < 0.5) return copy.subarray(0, Math.floor(random() * copy.length))
  if (pick < 0.6) return Buffer.concat([copy, copy])
  for (let flips = 1 + Math.floor(random() * 3); flips > 0 && copy.length > 0; flips -= 1)
    copy[Math.floor(random() * copy.length)]! ^= 1 << Math.floor(random() * 8)
  return copy
}
