import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readAlter } from '../../../src/commands/configs/changes.ts'
import { readQuotaChanges } from '../../../src/commands/configs/quota-changes.ts'
import type { QuotaEntityType } from '../../../src/lib/client/admin/describe-client-quotas.ts'
import { UserError } from '../../../src/lib/errors.ts'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'kts-test-'))
  writeFileSync(join(folder, 'a.properties'), 'retention.ms=11\ncleanup.policy=compact,delete\n')
})
afterAll(() => rmSync(folder, { recursive: true }))

const read = (
  values: { addConfig?: string; addConfigFile?: string; deleteConfig?: string[] },
  style: 'kts' | 'drop-in' = 'drop-in',
) => {
  const { changes } = readAlter({
    values: { topic: 't', entityType: [], entityName: [], deleteConfig: [], ...values },
    context: { cwd: folder, style },
  } as never)
  return { add: Object.fromEntries(changes.add), delete: changes.delete }
}

describe('what --alter is to change', () => {
  it.each([
    ['a=1', { a: '1' }],
    ['a=1,b=2', { a: '1', b: '2' }],
    ['a=[1,2],b=3', { a: '1,2', b: '3' }],
    [' a = 1 , b=2', { a: '1', b: '2' }],
    ['a=', { a: '' }],
    ['a=1,', { a: '1' }],
    ['SCRAM-SHA-256=[iterations=8192,password=x=y]', { 'SCRAM-SHA-256': 'iterations=8192,password=x=y' }],
  ])('reads --add-config "%s"', (addConfig, add) => {
    expect(read({ addConfig })).toEqual({ add, delete: [] })
  })

  it.each(['a', 'a=b=c', 'a=1,,b=2', 'a=1,2', 'a b=1', 'a/b=1'])('refuses --add-config "%s"', (addConfig) => {
    expect(() => read({ addConfig })).toThrow(UserError)
  })

  it('takes lengths of time and sizes under kts, for settings of a known unit', () => {
    const addConfig = 'retention.ms=7d,segment.bytes=1GiB,min.insync.replicas=2,a.minutes=2h,b.bytes=-1,c.ms=90000'
    expect(read({ addConfig }, 'kts').add).toEqual({
      'retention.ms': '604800000',
      'segment.bytes': '1073741824',
      'min.insync.replicas': '2',
      'a.minutes': '120',
      'b.bytes': '-1',
      'c.ms': '90000',
    })
    expect(read({ addConfig: 'retention.ms=7d' }).add).toEqual({ 'retention.ms': '7d' })
    expect(() => read({ addConfig: 'a.hours=90m' }, 'kts')).toThrow('a.hours=90m is no whole number of hours')
  })

  it('reads a file, and names to delete', () => {
    expect(read({ addConfigFile: 'a.properties', deleteConfig: ['x, y', 'z'] })).toEqual({
      add: { 'retention.ms': '11', 'cleanup.policy': 'compact,delete' },
      delete: ['x', 'y', 'z'],
    })
    expect(() => read({ addConfigFile: 'absent' })).toThrow(/absent cannot be read/)
  })
})

describe('readQuotaChanges', () => {
  const user: [QuotaEntityType, string | null][] = [['user', 'u']]
  const changes = (add: Record<string, string>, removed: string[] = [], entity = user) =>
    readQuotaChanges({ add: new Map(Object.entries(add)), delete: removed }, new Map(entity))

  it.each([
    ['1024', 1024],
    ['1e7', 1e7],
    ['.5', 0.5],
    ['-1', -1],
    ['2.', 2],
    ['3d', 3],
  ])('reads the number %s', (text, value) => {
    expect(changes({ request_percentage: text }, ['producer_byte_rate']).limits).toEqual(
      new Map([
        ['request_percentage', value],
        ['producer_byte_rate', null],
      ]),
    )
  })

  it.each(['', 'fast', '1k', '0x10', '1,5'])('refuses "%s" as a number', (text) => {
    expect(() => changes({ request_percentage: text })).toThrow('a quota is a number')
  })

  it('reads credentials, with 4096 iterations unless more are given', () => {
    expect(changes({ 'SCRAM-SHA-256': 'password=a,b' }, ['SCRAM-SHA-512']).credentials).toEqual({
      upsert: [{ mechanism: 'SCRAM-SHA-256', iterations: 4096, password: 'a,b' }],
      delete: ['SCRAM-SHA-512'],
    })
    expect(changes({ 'SCRAM-SHA-512': 'iterations=8192,password=' }).credentials!.upsert[0]).toMatchObject({
      iterations: 8192,
      password: '',
    })
    expect(changes({ 'SCRAM-SHA-512': 'iterations=-1,password=x' }).credentials!.upsert[0]).toMatchObject({
      iterations: 4096,
    })
  })

  it.each<[Record<string, string>, [QuotaEntityType, string | null][], RegExp]>([
    [{ no_such_rate: '1' }, user, /no_such_rate cannot be set here; there are producer_byte_rate, .*SCRAM-SHA-512$/],
    [{ 'SCRAM-SHA-256': 'password=x' }, [['client-id', 'c']], /SCRAM-SHA-256 cannot be set here/],
    [
      { 'SCRAM-SHA-256': 'password=x' },
      [
        ['user', 'u'],
        ['client-id', 'c'],
      ],
      /SCRAM-SHA-256 cannot be set here/,
    ],
    [{ producer_byte_rate: '1' }, [['ip', '::1']], /there is connection_creation_rate$/],
    [{ 'SCRAM-SHA-256': 'password=x' }, [['user', null]], /the default of all users has no SCRAM credentials/],
    [{ 'SCRAM-SHA-256': 'password=x', producer_byte_rate: '1' }, user, /cannot be changed at the same time/],
    [{ 'SCRAM-SHA-256': 'secret' }, user, /SCRAM-SHA-256 is not of the form/],
    [{ 'SCRAM-SHA-256': 'iterations=10,password=x' }, user, /10 iterations are too few/],
  ])('refuses %j of %j', (add, entity, message) => {
    expect(() => changes(add, [], entity)).toThrow(message)
  })
})
