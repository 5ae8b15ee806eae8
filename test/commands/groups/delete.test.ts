import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { Cluster } from './cluster.ts'

let cluster: Cluster
beforeAll(async () => {
  cluster = await Cluster.start()
  await cluster.createTopic('retail', Array.from({ length: 11 }, () => 1))
})
afterAll(() => cluster.stop())

let count = 0
let group: string
beforeEach(async () => {
  group = `g${count += 1}`
  await cluster.commit(group, { 'retail-0': 1, 'retail-2': 1, 'retail-10': 1 })
})

describe('--delete', () => {
  it('deletes several groups, in Apache\'s words', async () => {
    await cluster.commit('other', { 'retail-0': 1 })
    expect((await cluster.dropIn(['--delete', '--group', group, '--group', 'other'])).text).toBe(`Deletion of requested consumer groups ('${group}', 'other') was successful.\n`)
    expect((await cluster.dropIn(['--list'])).text).not.toContain(group)
  })

  it('goes on with the rest when one cannot be deleted: exit 0 for Apache', async () => {
    expect(await cluster.dropIn(['--delete', '--group', group, '--group', 'nobody'])).toMatchObject({
      exitCode: 0, stderr: '',
      text: `\nError: Deletion of some consumer groups failed:\n* Group 'nobody' could not be deleted due to: There is no such group (GROUP_ID_NOT_FOUND)\n\nThese consumer groups were deleted successfully: '${group}'\n`,
    })
  })

  it('exits 1 under kts, and names who is in the way', async () => {
    const leave = await cluster.join('busy', 'retail', [0])
    const { exitCode, stderr, table, text, data } = await cluster.kts(['--delete', '--group', 'busy', '--group', group, '--group', 'nobody'])
    expect(exitCode).toBe(1)
    expect(stderr).toMatch(/^kts groups: the old offsets are kept in .*\n.*to undo this.*\nkts groups: Cannot delete group busy: The group has members \(NON_EMPTY_GROUP\): kts\/1-\S+ \(client kts\/1 on 127\.0\.0\.1\)\nkts groups: Cannot delete group nobody: There is no such group \(GROUP_ID_NOT_FOUND\)\n$/)
    expect(table).toBe(`Deleted group ${group}.\n`)
    expect(text).toBe(`Deletion of requested consumer groups ('${group}') was successful.\n`)
    expect(data).toMatchObject([{ group: 'busy', deleted: false, error: { code: 'NON_EMPTY_GROUP' } }, { group, deleted: true }, { group: 'nobody', deleted: false }])
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

describe('--delete-offsets', () => {
  it('deletes what is committed for a topic, in Apache\'s order', async () => {
    const { text } = await cluster.dropIn(['--delete-offsets', '--group', group, '--topic', 'retail:2,10'])
    expect(text).toBe(`Request succeeded for deleting offsets from group ${group}.\n\n${'TOPIC'.padEnd(15)} PARTITION  STATUS         \n${'retail'.padEnd(15)} 10         Successful     \n${'retail'.padEnd(15)} 2          Successful     \n`)
    expect(await cluster.committed(group)).toEqual({ 'retail-0': 1 })
  })

  it('tells of each partition that fails: exit 0 for Apache, 1 under kts', async () => {
    const args = ['--delete-offsets', '--group', group, '--topic', 'retail:0,99', '--topic', 'none']
    const { text, exitCode } = await cluster.dropIn(args)
    expect(text).toMatch(/^\nError: Some partitions.*\n\nTOPIC .*\nnone +- +Error: .*\nretail +0 +Successful +\nretail +99 +Error: .*\n$/)
    expect(exitCode).toBe(0)
    const own = await cluster.kts(args)
    expect(own.stderr).toMatch(/Cannot delete the offset of topic none in group .*\n.*Cannot delete the offset of retail-99 in group/)
    expect(own).toMatchObject({ exitCode: 1, data: [{ topic: 'none', partition: null, deleted: false }, { partition: 0, deleted: true }, { partition: 99, deleted: false }] })
  })

  it('reports a group as a whole that is not there', async () => {
    const args = ['--delete-offsets', '--group', 'nobody', '--topic', 'retail:0']
    expect((await cluster.dropIn(args)).text).toMatch(/^\nError: Cannot delete offsets of group nobody: .*\(GROUP_ID_NOT_FOUND\)\n\nTOPIC .*\nretail +0 +Error: /)
    expect(await cluster.kts(args)).toMatchObject({ exitCode: 1, stderr: expect.stringMatching(/^kts groups: Cannot delete offsets of group nobody: .*\n$/) as string })
  })

  it('leaves alone what a member reads', async () => {
    const leave = await cluster.join(group, 'retail', [0])
    expect((await cluster.kts(['--delete-offsets', '--group', group, '--topic', 'retail:0'])).stderr).toContain('A member of the group reads the topic')
    expect(await cluster.committed(group)).toMatchObject({ 'retail-0': 1 })
    await leave()
  })
})
