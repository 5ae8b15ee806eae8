import { renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { groups } from '../../../src/commands/groups/index.ts'
import { alterGroupOffsets } from '../../../src/lib/client/admin/alter-group-offsets.ts'
import { KafkaError, UserError } from '../../../src/lib/errors.ts'
import { atTerminal } from '../../support/context.ts'
import { Cluster } from './cluster.ts'

let cluster: Cluster
beforeAll(async () => {
  cluster = await Cluster.start()
  await cluster.createTopic('retail', [10, 4])
  await cluster.createTopic('clicks', [3])
})
afterAll(() => cluster.stop())

let count = 0
let group: string
beforeEach(async () => {
  group = `g${(count += 1)}`
  await cluster.commit(group, { 'retail-0': 4, 'retail-1': 4 })
})

const reset = (...args: string[]) => ['--reset-offsets', '--group', group, ...args]
const file = (text: string): string => {
  const path = join(cluster.stateHome, `plan-${count}.csv`)
  writeFileSync(path, text)
  return path
}
const planned = async (...args: string[]): Promise<string[]> =>
  (await cluster.dropIn(reset(...args, '--dry-run', '--export'))).text.trim().split('\n')

describe('where to', () => {
  it.each([
    [['--to-earliest'], ['retail,0,0', 'retail,1,0']],
    [['--to-latest'], ['retail,0,10', 'retail,1,4']],
    [['--to-current'], ['retail,0,4', 'retail,1,4']],
    [
      ['--to-offset', '2'],
      ['retail,0,2', 'retail,1,2'],
    ],
    [
      ['--shift-by', '-3'],
      ['retail,0,1', 'retail,1,1'],
    ],
    [
      ['--to-datetime', '1970-01-01T00:16:40.003'],
      ['retail,0,3', 'retail,1,3'],
    ],
    [
      ['--to-datetime', '1970-01-01T01:16:40.003+01:00'],
      ['retail,0,3', 'retail,1,3'],
    ],
    [
      ['--by-duration', 'P1D'],
      ['retail,0,10', 'retail,1,4'],
    ],
  ])('%j', async (strategy, expected) => {
    expect(
      (await planned('--topic', 'retail', ...strategy)).filter((line) => !line.startsWith('Warn') && line !== ''),
    ).toEqual(expected)
  })

  it('takes the end where nothing is committed, and for --to-current only there', async () => {
    await cluster.commit(group, { 'retail-0': 1 })
    expect(await planned('--topic', 'retail', '--topic', 'clicks', '--to-current')).toEqual([
      'clicks,0,3',
      'retail,0,1',
      'retail,1,4',
    ])
  })

  it('keeps within the log, and says so on stderr', async () => {
    const { text, stderr } = await cluster.dropIn(
      reset('--topic', 'retail', '--to-offset', '7', '--dry-run', '--export'),
    )
    expect(text).toBe('retail,0,7\nretail,1,4\n\n')
    expect(stderr).toBe('kafka-consumer-groups: warning: offset 7 is past the end of partition retail-1: 4 is taken\n')
    expect(await planned('--topic', 'retail:0', '--shift-by', '-9')).toEqual(['retail,0,0'])
  })

  it('takes the end of what has no record that late, and warns: on stdout as Apache, on stderr under kts', async () => {
    const args = reset('--topic', 'retail:0', '--to-datetime', '2099-01-01T00:00:00.000', '--dry-run')
    const [apache, own] = [await cluster.dropIn(args), await cluster.kts(args)]
    expect(apache.text).toMatch(
      /^\nWarn: Partition 0 of topic retail has no record that late.*\n\nGROUP .*\n\S+ +retail +0 +10\n$/,
    )
    expect([own.text.startsWith('\nGROUP'), own.stderr]).toEqual([
      true,
      expect.stringContaining('warning: partition retail-0 has no record that late'),
    ])
  })

  it('does not shift what is not committed', async () => {
    const args = reset('--topic', 'clicks', '--shift-by', '1', '--dry-run')
    const failure = await cluster.dropIn(args).catch((error: unknown) => groups.dropInFailure!(error as Error))
    expect(failure).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('has committed nothing to shift for clicks-0') as string,
    })
    expect(failure).not.toHaveProperty('stdout')
    expect(await cluster.kts(args)).toMatchObject({ exitCode: 1, data: [{ refused: 'uncommitted' }] })
  })
})

describe('which partitions', () => {
  it.each([
    [['--topic', 'retail:1'], ['retail,1,0']],
    [
      ['--topic', 'retail:1,0'],
      ['retail,0,0', 'retail,1,0'],
    ],
    [
      ['--topic', 'retail:1', '--topic', 'clicks'],
      ['clicks,0,0', 'retail,1,0'],
    ],
    [
      ['--topic', 'retail', '--topic', 'retail:0'],
      ['retail,0,0', 'retail,1,0'],
    ],
    [['--all-topics'], ['retail,0,0', 'retail,1,0']],
  ])('%j', async (scope, expected) => {
    expect(await planned(...scope, '--to-earliest')).toEqual(expected)
  })

  it.each([
    ['--topic', 'none'],
    ['--topic', 'retail:7'],
    ['--topic', 'retail:0,7'],
  ])('refuses %s %s, and changes nothing', async (...scope) => {
    for (const run of [
      cluster.dropIn(reset(...scope, '--to-earliest', '--execute')),
      cluster.kts(reset(...scope, '--to-earliest', '--execute')),
    ]) {
      await expect(run).rejects.toThrow(KafkaError)
    }
    expect(await cluster.committed(group)).toEqual({ 'retail-0': 4, 'retail-1': 4 })
  })
})

describe('plan or do', () => {
  const table = (rows: readonly string[]): string =>
    `\n${'GROUP'.padEnd(15)} ${'TOPIC'.padEnd(15)} PARTITION  NEW-OFFSET\n${rows.map((row) => `${group.padEnd(15)} ${row}\n`).join('')}`

  it("plans by default and with --dry-run, does with --execute; Apache's table each time", async () => {
    const args = reset('--topic', 'retail', '--to-offset', '1')
    const rows = [`${'retail'.padEnd(15)} 0          1`, `${'retail'.padEnd(15)} 1          1`]
    expect((await cluster.dropIn(args)).text).toBe(table(rows))
    expect((await cluster.dropIn([...args, '--dry-run'])).text).toBe(table(rows))
    expect(await cluster.committed(group)).toEqual({ 'retail-0': 4, 'retail-1': 4 })
    expect((await cluster.dropIn([...args, '--execute'])).text).toBe(table(rows))
    expect(await cluster.committed(group)).toEqual({ 'retail-0': 1, 'retail-1': 1 })
  })

  it('says on stderr that nothing is done without --execute', async () => {
    expect((await cluster.dropIn(reset('--topic', 'retail', '--to-latest'))).stderr).toContain('--execute')
    expect((await cluster.dropIn(reset('--topic', 'retail', '--to-latest', '--dry-run'))).stderr).toBe('')
    expect((await cluster.kts(reset('--topic', 'retail', '--to-latest'))).stderr).toBe(
      'kts groups: nothing has been changed: add --execute to do it\n',
    )
  })

  it('shows people what changes, and by how much', async () => {
    const { data, table: shown } = await cluster.kts(
      reset('--topic', 'retail', '--topic', 'clicks', '--to-offset', '5', '--dry-run'),
    )
    expect(shown).toMatch(
      /^GROUP +TOPIC +PARTITION +CURRENT +NEW +CHANGE\n\S+ +clicks +0 +- +3 +new\n\S+ +retail +0 +4 +5 +\+1\n\S+ +retail +1 +4 +4\n$/,
    )
    expect(data).toEqual([
      { group, topic: 'clicks', partition: 0, currentOffset: null, newOffset: 3n, applied: false, dryRun: true },
      { group, topic: 'retail', partition: 0, currentOffset: 4n, newOffset: 5n, applied: false, dryRun: true },
      { group, topic: 'retail', partition: 1, currentOffset: 4n, newOffset: 4n, applied: false, dryRun: true },
    ])
  })

  it('names groups in CSV only where there are several', async () => {
    await cluster.commit('other', { 'retail-0': 1 })
    const { text } = await cluster.dropIn([
      ...reset('--topic', 'retail:0', '--to-latest', '--export'),
      '--group',
      'other',
    ])
    expect(text).toBe(`${group},retail,0,10\nother,retail,0,10\n\n`)
  })
})

describe('from a file', () => {
  it('reads what --export has written', async () => {
    const { text } = await cluster.dropIn(reset('--topic', 'retail', '--to-offset', '3', '--export', '--dry-run'))
    await cluster.dropIn(reset('--from-file', file(text), '--execute'))
    expect(await cluster.committed(group)).toEqual({ 'retail-0': 3, 'retail-1': 3 })
  })

  it("takes the groups from the file under kts; Apache's tool wants them named", async () => {
    const path = file(`${group},retail,0,1\n"${group}","retail",1,2\n`)
    expect((await cluster.kts(['--reset-offsets', '--from-file', path, '--execute'])).exitCode).toBe(0)
    expect(await cluster.committed(group)).toEqual({ 'retail-0': 1, 'retail-1': 2 })
    await expect(cluster.dropIn(['--reset-offsets', '--from-file', path, '--execute'])).rejects.toThrow(
      '--reset-offsets needs --group or --all-groups',
    )
  })

  it('leaves out groups that it does not name, with a word: an error under kts', async () => {
    const path = file('someone,retail,0,1\n')
    const { text } = await cluster.dropIn(reset('--from-file', path, '--dry-run'))
    expect(text).toMatch(/^\nError: The file says nothing of group .*\n\nGROUP .* NEW-OFFSET\n$/)
    expect(await cluster.kts(reset('--from-file', path, '--execute'))).toMatchObject({ exitCode: 1, text: '' })
  })

  it.each([
    ['retail;0;2\n', 'line 1'],
    ['retail,0,2\nretail,one,2\n', 'line 2: "one"'],
    ['retail,0,2\nretail,1,x\n', 'line 2: "x"'],
    ['retail,0,2\n\nretail,1,2', 'line 2'],
    ['retail,0,2\nretail,1\n', 'line 2'],
    ['retail,0,"2\n', 'line 1'],
    ['', 'is empty'],
    ['a,retail,0,2\nretail,1,2\n', 'line 2'],
  ])('refuses %j with the number of the line', async (text, complaint) => {
    const run = cluster.kts(reset('--from-file', file(text), '--execute'))
    await expect(run).rejects.toThrow(UserError)
    await expect(run).rejects.toThrow(complaint)
    expect(await cluster.committed(group)).toEqual({ 'retail-0': 4, 'retail-1': 4 })
  })

  it("reports under Apache's name on stdout what it cannot read", async () => {
    const error = await cluster.dropIn(reset('--from-file', '/none.csv')).catch((thrown: unknown) => thrown as Error)
    expect(groups.dropInFailure!(error as Error)).toEqual({
      stdout: '\nError: --from-file /none.csv cannot be read: there is no such file\n',
      exitCode: 0,
    })
  })
})

describe('groups that are not reset', () => {
  it('names the members of an active one', async () => {
    const leave = await cluster.join('busy', 'retail', [0], 'till-7')
    const args = [
      '--reset-offsets',
      '--group',
      'busy',
      '--group',
      group,
      '--topic',
      'retail',
      '--to-latest',
      '--execute',
    ]
    const own = await cluster.kts(args)
    expect(own.stderr).toMatch(
      /^kts groups: Offsets can only be reset while a group has no members, and group busy is in the state Stable; stop its member first: till-7 \(client kts\/1 on 127\.0\.0\.1\)\nkts groups: nothing has been changed\n$/,
    )
    expect(own).toMatchObject({ exitCode: 1, text: '', data: [{ group: 'busy', refused: 'active' }] })
    expect(await cluster.committed(group)).toEqual({ 'retail-0': 4, 'retail-1': 4 })

    const apache = await cluster.dropIn(args)
    expect(apache.text).toMatch(/^\nError: Offsets can only.*\n\nGROUP .*\n/)
    expect(await cluster.committed(group)).toEqual({ 'retail-0': 10, 'retail-1': 4 })
    await leave()
  })

  it("makes a new group under Apache's name, and under kts when told to", async () => {
    const args = (name: string, ...more: string[]) => [
      '--reset-offsets',
      '--group',
      name,
      '--topic',
      'retail:0',
      '--to-latest',
      '--execute',
      ...more,
    ]
    await cluster.dropIn(args('made-by-apache'))
    expect(await cluster.committed('made-by-apache')).toEqual({ 'retail-0': 10 })
    expect(await cluster.kts(args('made-by-kts'))).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('There is no group made-by-kts (GROUP_ID_NOT_FOUND); --new-group') as string,
    })
    expect(await cluster.committed('made-by-kts')).toEqual({})
    await cluster.kts(args('made-by-kts', '--new-group'))
    expect(await cluster.committed('made-by-kts')).toEqual({ 'retail-0': 10 })
  })

  it('tells it when a member comes between plan and change', async () => {
    const leave = await cluster.join('late', 'retail', [0])
    const [result] = await alterGroupOffsets(cluster.client, [
      { groupId: 'late', offsets: [{ topic: 'retail', partition: 0, offset: 1n }] },
    ])
    expect(result!.error).toEqual({ code: 'UNKNOWN_MEMBER_ID', message: 'The group has members by now' })
    await leave()
  })
})

describe('at a terminal', () => {
  const args = () => reset('--topic', 'retail:0', '--to-earliest')

  it.each([
    ['y\n', { 'retail-0': 0, 'retail-1': 4 }],
    ['YES\n', { 'retail-0': 0, 'retail-1': 4 }],
    ['n\n', { 'retail-0': 4, 'retail-1': 4 }],
    ['\n', { 'retail-0': 4, 'retail-1': 4 }],
    ['', { 'retail-0': 4, 'retail-1': 4 }],
  ])('asks, and takes %j for an answer', async (answer, expected) => {
    const { stdout, stderr, table, exitCode } = await cluster.kts(args(), atTerminal(answer))
    expect(stdout).toMatch(/^GROUP +TOPIC .*\n.* retail +0 +4 +0 +-4\n$/)
    expect(stderr).toContain(`Move this offset on ${cluster.broker.bootstrapServers}? [y/N] `)
    expect([table, exitCode]).toEqual(/^y/i.test(answer) ? ['Moved 1 offset.\n', 0] : ['', 1])
    expect(await cluster.committed(group)).toEqual(expected)
  })

  it.each([['--dry-run'], ['--execute'], ['--yes'], ['--export'], ['--json']])(
    'does not ask with %s',
    async (option) => {
      expect((await cluster.kts([...args(), option], atTerminal('y\n'))).stderr).not.toContain('[y/N]')
    },
  )

  it('takes --yes for --execute, there and elsewhere, but a dry run for a dry run', async () => {
    expect((await cluster.kts([...args(), '--yes', '--dry-run'])).data).toMatchObject([
      { newOffset: 0n, applied: false, dryRun: true },
    ])
    expect(await cluster.committed(group)).toEqual({ 'retail-0': 4, 'retail-1': 4 })
    expect((await cluster.kts([...args(), '-y'])).data).toMatchObject([{ newOffset: 0n, applied: true }])
    expect(await cluster.committed(group)).toEqual({ 'retail-0': 0, 'retail-1': 4 })
  })

  it("never asks off a terminal, nor under Apache's name", async () => {
    expect((await cluster.kts(args(), { stdin: atTerminal('y\n').stdin! })).stderr).not.toContain('[y/N]')
    expect((await cluster.dropIn(args(), atTerminal('y\n'))).stderr).not.toContain('[y/N]')
    expect(await cluster.committed(group)).toEqual({ 'retail-0': 4, 'retail-1': 4 })
  })
})

describe('what undoes it', () => {
  const commands = (stderr: string): string[][] =>
    [...stderr.matchAll(/to undo this: kts groups (.*) --bootstrap-server \S+\n/g)].map((match) => match[1]!.split(' '))

  it('is kept in a file, and shown as a command', async () => {
    const { stderr } = await cluster.kts(reset('--topic', 'retail', '--to-latest', '--execute'))
    const { path, text } = cluster.kept().at(-1)!
    expect(text).toBe(`${group},retail,0,4\n${group},retail,1,4\n`)
    expect(stderr).toBe(
      `kts groups: the old offsets are kept in ${path}\nkts groups: to undo this: kts groups undo ${group} --execute --bootstrap-server ${cluster.broker.bootstrapServers}\n`,
    )
    await cluster.kts(commands(stderr)[0]!)
    expect(await cluster.committed(group)).toEqual({ 'retail-0': 4, 'retail-1': 4 })
  })

  it('is brought back by the verb, the newest first, and never that of another cluster', async () => {
    await cluster.kts(reset('--topic', 'retail', '--to-earliest', '--execute'))
    await cluster.kts(reset('--topic', 'retail:0', '--to-latest', '--execute'))
    const plan = await cluster.kts(['undo', group])
    expect(plan.stderr).toContain('nothing has been changed: add --execute')
    await cluster.kts(['undo', group, '--execute'])
    expect(await cluster.committed(group)).toEqual({ 'retail-0': 0, 'retail-1': 0 })
    await expect(cluster.kts(['undo', 'other'])).rejects.toThrow(/nothing to undo: no offsets of group other/)
    const { path } = cluster.kept().at(-1)!
    for (const { path: kept } of cluster.kept()) renameSync(kept, kept.replace(/\.[^.]*\.csv$/, '.another.csv'))
    await expect(cluster.kts(['undo'])).rejects.toThrow(/nothing to undo/)
    rmSync(dirname(path), { recursive: true })
  })

  it('deletes what was not committed before', async () => {
    const { stderr } = await cluster.kts(reset('--topic', 'clicks', '--topic', 'retail', '--to-latest', '--execute'))
    expect(commands(stderr)).toHaveLength(2)
    for (const command of commands(stderr)) await cluster.kts(command)
    expect(await cluster.committed(group)).toEqual({ 'retail-0': 4, 'retail-1': 4 })
  })

  it('brings back a group that was deleted, and offsets', async () => {
    const deleted = await cluster.kts(['--delete', '--group', group])
    expect(deleted.table).toBe(`Deleted group ${group}.\n`)
    expect(await cluster.committed(group)).toEqual({})
    await cluster.kts(commands(deleted.stderr)[0]!)
    expect(await cluster.committed(group)).toEqual({ 'retail-0': 4, 'retail-1': 4 })

    const pruned = await cluster.kts(['--delete-offsets', '--group', group, '--topic', 'retail:1'])
    expect(await cluster.committed(group)).toEqual({ 'retail-0': 4 })
    await cluster.kts(commands(pruned.stderr)[0]!)
    expect(await cluster.committed(group)).toEqual({ 'retail-0': 4, 'retail-1': 4 })
  })

  it("is neither kept nor shown under Apache's name, nor for a plan", async () => {
    const before = cluster.kept().length
    await cluster.dropIn(reset('--topic', 'retail', '--to-latest', '--execute'))
    await cluster.kts(reset('--topic', 'retail', '--to-earliest', '--dry-run'))
    expect(cluster.kept()).toHaveLength(before)
  })

  it('comes before the change: where the file cannot be written nothing is changed', async () => {
    writeFileSync(join(cluster.stateHome, 'blocked'), '')
    const run = cluster.kts(reset('--topic', 'retail', '--to-latest', '--execute'), {
      env: { XDG_STATE_HOME: join(cluster.stateHome, 'blocked') },
    })
    await expect(run).rejects.toThrow(/nothing has been changed/)
    expect(await cluster.committed(group)).toEqual({ 'retail-0': 4, 'retail-1': 4 })
  })
})
