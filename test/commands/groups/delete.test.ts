import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { atTerminal } from '../../support/context.ts'
import { Cluster } from './cluster.ts'

let cluster: Cluster
beforeAll(async () => {
  cluster = await Cluster.start()
  await cluster.createTopic(
    'retail',
    Array.from({ length: 11 }, () => 1),
  )
})
afterAll(() => cluster.stop())

let count = 0
let group: string
beforeEach(async () => {
  group = `g${(count += 1)}`
  await cluster.commit(group, { 'retail-0': 1, 'retail-2': 1, 'retail-10': 1 })
})

describe('--delete', () => {
  it("deletes several groups, in Apache's words", async () => {
    await cluster.commit('other', { 'retail-0': 1 })
    expect((await cluster.dropIn(['--delete', '--group', group, '--group', 'other'])).text).toBe(
      `Deletion of requested consumer groups ('${group}', 'other') was successful.\n`,
    )
    expect((await cluster.dropIn(['--list'])).text).not.toContain(group)
  })

  it('goes on with the rest when one cannot be deleted: exit 0 for Apache', async () => {
    expect(await cluster.dropIn(['--delete', '--group', group, '--group', 'nobody'])).toMatchObject({
      exitCode: 0,
      stderr: '',
      text: `\nError: Deletion of some consumer groups failed:\n* Group 'nobody' could not be deleted due to: There is no such group (GROUP_ID_NOT_FOUND)\n\nThese consumer groups were deleted successfully: '${group}'\n`,
    })
  })

  it('exits 1 under kts, and names who is in the way', async () => {
    const leave = await cluster.join('busy', 'retail', [0])
    const { exitCode, stderr, table, text, data } = await cluster.kts([
      '--delete',
      '--group',
      'busy',
      '--group',
      group,
      '--group',
      'nobody',
    ])
    expect(exitCode).toBe(1)
    expect(stderr).toMatch(
      /^kts groups: the old offsets are kept in .*\n.*to undo this.*\nkts groups: Cannot delete group busy: The group has members \(NON_EMPTY_GROUP\): kts\/1-\S+ \(client kts\/1 on 127\.0\.0\.1\)\nkts groups: Cannot delete group nobody: There is no such group \(GROUP_ID_NOT_FOUND\)\n$/,
    )
    expect(table).toBe(`Deleted group ${group}.\n`)
    expect(text).toBe(`Deletion of requested consumer groups ('${group}') was successful.\n`)
    expect(data).toMatchObject([
      { group: 'busy', deleted: false, error: { code: 'NON_EMPTY_GROUP' } },
      { group, deleted: true },
      { group: 'nobody', deleted: false },
    ])
    await leave()
  })

  it('keeps no file for groups that stay, and offers no way back that is none', async () => {
    const before = cluster.kept().length
    await cluster.commit('busy', { 'retail-0': 1 })
    const leave = await cluster.join('busy', 'retail', [0])
    expect((await cluster.kts(['--delete', '--group', 'nobody', '--group', 'busy'])).stderr).not.toContain('undo')
    await leave()
    expect(cluster.kept()).toHaveLength(before)
  })
})

describe('--delete at a terminal', () => {
  it('asks, and leaves everything as it is after a no', async () => {
    const before = cluster.kept().length
    const { stderr, data, table, exitCode } = await cluster.kts(
      ['--delete', '--group', group, '--group', 'nobody'],
      atTerminal('n\n'),
    )
    expect(stderr).toBe(
      `${group}\nnobody\nDelete these 2 groups and what they have committed on ${cluster.broker.bootstrapServers}? [y/N] kts groups: nothing has been changed\n`,
    )
    expect([data, table, exitCode]).toEqual([[], undefined, 1])
    expect(await cluster.committed(group)).not.toEqual({})
    expect(cluster.kept()).toHaveLength(before)
  })

  it.each([
    ['y\n', []],
    ['', ['--yes']],
  ])('goes ahead after %j with %j', async (answer, options) => {
    expect((await cluster.kts(['--delete', '--group', group, ...options], atTerminal(answer))).data).toEqual([
      { group, deleted: true },
    ])
    expect(await cluster.committed(group)).toEqual({})
  })

  it('asks before offsets go as well', async () => {
    const args = ['--delete-offsets', '--group', group, '--topic', 'retail:0,2']
    const { stderr, data } = await cluster.kts(args, atTerminal('n\n'))
    expect(stderr).toContain(`retail-0\nretail-2\nDelete what group ${group} has committed for these 2 partitions on `)
    expect(data).toEqual([])
    expect(await cluster.committed(group)).toEqual({ 'retail-0': 1, 'retail-2': 1, 'retail-10': 1 })
    await cluster.kts([...args, '--yes'], atTerminal(''))
    expect(await cluster.committed(group)).toEqual({ 'retail-10': 1 })
  })
})

describe('a dry run', () => {
  it('says which groups would go, and names those that would not', async () => {
    const leave = await cluster.join('busy', 'retail', [0])
    const { text, data, stderr, exitCode } = await cluster.kts([
      '--delete',
      '--group',
      group,
      '--group',
      'busy',
      '--group',
      'nobody',
      '--dry-run',
    ])
    expect(text).toBe(`Would delete group ${group}.\n`)
    expect(data).toMatchObject([
      { group: 'busy', deleted: false, dryRun: true, error: { code: 'NON_EMPTY_GROUP' } },
      { group, deleted: false, dryRun: true },
      { error: { code: 'GROUP_ID_NOT_FOUND' } },
    ])
    expect(stderr).toMatch(
      /^kts groups: Cannot delete group busy: The group has members \(NON_EMPTY_GROUP\): kts\/1-\S+ .*\n.*Cannot delete group nobody: .*\n$/,
    )
    expect(exitCode).toBe(1)
    expect(await cluster.committed(group)).not.toEqual({})
    await leave()
  })

  it('says which offsets would go', async () => {
    const args = ['--delete-offsets', '--group', group, '--topic', 'retail:0,3']
    expect(await cluster.kts([...args, '--dry-run'])).toMatchObject({
      text: `Would delete the offset 1 of retail-0 in group ${group}.\nGroup ${group} has committed nothing for retail-3.\n`,
      data: [
        { group, topic: 'retail', partition: 0, offset: 1n, deleted: false, dryRun: true },
        { partition: 3, offset: null, dryRun: true },
      ],
      stderr: '',
      exitCode: 0,
    })
    expect(await cluster.committed(group)).toMatchObject({ 'retail-0': 1 })
  })

  it('names offsets that would stay', async () => {
    const leave = await cluster.join(group, 'retail', [0])
    const { stderr, exitCode, text } = await cluster.kts([
      '--delete-offsets',
      '--group',
      group,
      '--topic',
      'retail:0,99',
      '--topic',
      'none',
      '--dry-run',
    ])
    expect(stderr).toMatch(
      /topic none in group .*\(UNKNOWN_TOPIC_OR_PARTITION\)\n.* retail-0 in group .*\(GROUP_SUBSCRIBED_TO_TOPIC\)\n.* retail-99 in group .*\(UNKNOWN_TOPIC_OR_PARTITION\)\n$/,
    )
    expect([exitCode, text]).toEqual([1, ''])
    await leave()
    const nobody = await cluster.kts(['--delete-offsets', '--group', 'nobody', '--topic', 'retail:0', '--dry-run'])
    expect(nobody).toMatchObject({
      exitCode: 1,
      text: '',
      stderr: 'kts groups: Cannot delete offsets of group nobody: There is no such group (GROUP_ID_NOT_FOUND)\n',
    })
  })

  it("is no word for a deletion under Apache's name, which passes it over", async () => {
    expect((await cluster.dropIn(['--delete', '--group', group, '--dry-run'])).text).toContain('was successful')
    expect(await cluster.committed(group)).toEqual({})
  })
})

describe('a name that is not there', () => {
  beforeEach(() => cluster.commit('warehouse', { 'retail-0': 1 }))

  it.each([
    ['--describe'],
    ['--describe', '--members'],
    ['--delete'],
    ['--delete', '--dry-run'],
    ['--delete-offsets', '--topic', 'retail:0'],
    ['--reset-offsets', '--all-topics', '--to-earliest'],
  ])('brings the one to mind that is near, with %s', async (...args) => {
    const { stderr, exitCode } = await cluster.kts([...args, '--group', 'warehose'])
    expect(stderr).toMatch(/^kts groups: .*GROUP_ID_NOT_FOUND.*; did you mean warehouse\?\n$/)
    expect(exitCode).toBe(1)
  })

  it('does so for topics', async () => {
    const { stderr } = await cluster.kts(['--delete-offsets', '--group', group, '--topic', 'retial'])
    expect(stderr).toMatch(/topic retial in group .*\(UNKNOWN_TOPIC_OR_PARTITION\); did you mean retail\?\n$/)
    const reset = cluster.kts(['--reset-offsets', '--group', group, '--topic', 'retial', '--to-earliest'])
    await expect(reset).rejects.toThrow(/\(UNKNOWN_TOPIC_OR_PARTITION\); did you mean retail\?$/)
  })

  it("does not under Apache's name", async () => {
    await expect(cluster.dropIn(['--describe', '--group', 'warehose'])).rejects.not.toThrow('did you mean')
    expect((await cluster.dropIn(['--delete', '--group', 'warehose'])).text).not.toContain('did you mean')
  })
})

describe('--delete-offsets', () => {
  it("deletes what is committed for a topic, in Apache's order", async () => {
    const { text } = await cluster.dropIn(['--delete-offsets', '--group', group, '--topic', 'retail:2,10'])
    expect(text).toBe(
      `Request succeeded for deleting offsets from group ${group}.\n\n${'TOPIC'.padEnd(15)} PARTITION  STATUS         \n${'retail'.padEnd(15)} 10         Successful     \n${'retail'.padEnd(15)} 2          Successful     \n`,
    )
    expect(await cluster.committed(group)).toEqual({ 'retail-0': 1 })
  })

  it('tells of each partition that fails: exit 0 for Apache, 1 under kts', async () => {
    const args = ['--delete-offsets', '--group', group, '--topic', 'retail:0,99', '--topic', 'none']
    const { text, exitCode } = await cluster.dropIn(args)
    expect(text).toMatch(
      /^\nError: Some partitions.*\n\nTOPIC .*\nnone +- +Error: .*\nretail +0 +Successful +\nretail +99 +Error: .*\n$/,
    )
    expect(exitCode).toBe(0)
    const own = await cluster.kts(args)
    expect(own.stderr).toMatch(
      /Cannot delete the offset of topic none in group .*\n.*Cannot delete the offset of retail-99 in group/,
    )
    expect(own).toMatchObject({
      exitCode: 1,
      data: [
        { topic: 'none', partition: null, deleted: false },
        { partition: 0, deleted: true },
        { partition: 99, deleted: false },
      ],
    })
  })

  it('reports a group as a whole that is not there', async () => {
    const args = ['--delete-offsets', '--group', 'nobody', '--topic', 'retail:0']
    expect((await cluster.dropIn(args)).text).toMatch(
      /^\nError: Cannot delete offsets of group nobody: .*\(GROUP_ID_NOT_FOUND\)\n\nTOPIC .*\nretail +0 +Error: /,
    )
    expect(await cluster.kts(args)).toMatchObject({
      exitCode: 1,
      stderr: expect.stringMatching(/^kts groups: Cannot delete offsets of group nobody: .*\n$/) as string,
    })
  })

  it('leaves alone what a member reads', async () => {
    const leave = await cluster.join(group, 'retail', [0])
    expect((await cluster.kts(['--delete-offsets', '--group', group, '--topic', 'retail:0'])).stderr).toContain(
      'A member of the group reads the topic',
    )
    expect(await cluster.committed(group)).toMatchObject({ 'retail-0': 1 })
    await leave()
  })
})
