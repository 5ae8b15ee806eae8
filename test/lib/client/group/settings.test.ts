import { describe, expect, it } from 'vitest'
import { groupSettings } from '../../../../src/lib/client/group/index.ts'
import { UserError } from '../../../../src/lib/errors.ts'

const read = (properties: Record<string, string>) =>
  groupSettings(new Map(Object.entries({ 'group.id': 'g', ...properties })))

describe('the settings of a member', () => {
  it('are none without a group', () => {
    expect(groupSettings(new Map())).toBeUndefined()
  })

  it('are for the classic protocol unless they say otherwise', () => {
    expect(read({})).toMatchObject({ protocol: 'classic', remoteAssignor: null })
    expect(read({ 'group.protocol': 'CONSUMER', 'group.remote.assignor': 'range' })).toMatchObject({
      protocol: 'consumer',
      remoteAssignor: 'range',
    })
  })

  it.each<Record<string, string>>([
    { 'group.protocol': 'new' },
    { 'group.protocol': 'consumer', 'session.timeout.ms': '10000' },
    { 'group.protocol': 'consumer', 'heartbeat.interval.ms': '1000' },
    { 'group.protocol': 'consumer', 'partition.assignment.strategy': 'range' },
    { 'heartbeat.interval.ms': '45000' },
    { 'group.instance.id': '..' },
    { 'partition.assignment.strategy': 'nearest' },
  ])('refuse %o', (properties) => {
    expect(() => read(properties)).toThrow(UserError)
  })
})
