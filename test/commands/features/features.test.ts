import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { features } from '../../../src/commands/features/index.ts'
import { execute } from '../../../src/dispatch.ts'
import type { Command } from '../../../src/lib/work/command.ts'
import { KafkaError, UserError } from '../../../src/lib/errors.ts'
import { UpdateFeatures } from '../../../src/lib/protocol/apis/update-features.ts'
import { ERRORS } from '../../../src/lib/protocol/errors.ts'
import { createContext } from '../../support/context.ts'
import { FakeBroker } from '../../support/fake-broker.ts'
import { runCommand, type Outcome, entryOf } from '../../support/run-command.ts'

const command = features as unknown as Command
const [UPGRADE, SAFE_DOWNGRADE, UNSAFE_DOWNGRADE] = [1, 2, 3]

let broker: FakeBroker
beforeEach(async () => {
  broker = await FakeBroker.start({
    features: {
      supported: { 'metadata.version': [7, 31], 'group.version': [0, 1], 'odd.version': [0, 3] },
      finalized: { 'metadata.version': 25, 'group.version': 1 },
    },
  })
  broker.on(UpdateFeatures, () => ({}))
})
afterEach(() => broker.stop())

const run = (style: 'kts' | 'drop-in', ...args: string[]): Promise<Outcome> =>
  runCommand(command, ['--bootstrap-server', broker.address, ...args], { style, program: 'kts features' })
const request = () => broker.requests(UpdateFeatures)[0]!.request

describe('describe', () => {
  it('shows ranges and levels, those of metadata.version as releases', async () => {
    const { text } = await run('drop-in', 'describe')
    const line = (name: string, min: string, max: string, level: string): string =>
      `Feature: ${name.padEnd(40)}  SupportedMinVersion: ${min.padEnd(15)}  SupportedMaxVersion: ${max.padEnd(15)}  FinalizedVersionLevel: ${level.padEnd(15)}  Epoch: `
    const lines = text.split('\n')
    expect(lines.map((each) => each.replace(/Epoch: .*/, 'Epoch: '))).toEqual([
      line('group.version', '0', '1', '1'),
      line('metadata.version', '3.3-IV3', 'UNKNOWN 31', '4.0-IV3'),
      line('odd.version', '0', '3', '0'),
      '',
    ])
  })

  it('is what is done under kts anyway', async () => {
    const { data, table } = await run('kts', '--node-id', '1')
    expect(data).toMatchObject([
      { feature: 'group.version', minLevel: 0, maxLevel: 1, level: 1 },
      { feature: 'metadata.version', minLevel: 7, maxLevel: 31, level: 25, release: '4.0-IV3' },
      { feature: 'odd.version', level: 0 },
    ])
    expect(table!.split('\n')[2]).toMatch(/^metadata.version +4.0-IV3 +3.3-IV3 +UNKNOWN 31$/)
    await expect(run('drop-in')).rejects.toThrow('say what to do')
  })
})

describe('upgrade, downgrade and disable', () => {
  it('ask for single levels', async () => {
    const { text, data, exitCode } = await run(
      'drop-in',
      'upgrade',
      '--feature',
      'odd.version=2',
      '--feature',
      'group.version=1',
    )
    expect(request()).toMatchObject({
      featureUpdates: [
        { feature: 'odd.version', maxVersionLevel: 2, upgradeType: UPGRADE },
        { feature: 'group.version', maxVersionLevel: 1, upgradeType: UPGRADE },
      ],
      validateOnly: false,
    })
    expect(text).toBe('group.version was upgraded to 1.\nodd.version was upgraded to 2.\n')
    expect(data).toEqual([
      { feature: 'group.version', level: 1, changed: true },
      { feature: 'odd.version', level: 2, changed: true },
    ])
    expect(exitCode).toBe(0)
  })

  it('ask for a release; an upgrade leaves out what would be 0', async () => {
    await run('kts', 'upgrade', '--release-version', '4.0')
    await run('kts', 'downgrade', '--release-version', '4.0')
    const asked = broker
      .requests(UpdateFeatures)
      .map((sent) =>
        (sent.request.featureUpdates as { feature: string; maxVersionLevel: number }[])
          .map(({ feature, maxVersionLevel }) => `${feature.replace('.version', '')}=${maxVersionLevel}`)
          .join(' '),
      )
    expect(asked).toEqual([
      'metadata=25 kraft=1 transaction=2 group=1',
      'metadata=25 kraft=1 transaction=2 group=1 eligible.leader.replicas=0 share=0 streams=0',
    ])
  })

  it('take features down, unsafely when told to, and only ask with --dry-run', async () => {
    expect((await run('drop-in', 'disable', '--feature', 'odd.version', '--dry-run')).text).toBe(
      'odd.version can be disabled.\n',
    )
    expect((await run('drop-in', 'downgrade', '--metadata', '3.9', '--unsafe')).text).toBe(
      ' `metadata` flag is deprecated and may be removed in a future release.\nmetadata.version was downgraded to 21.\n',
    )
    expect(broker.requests(UpdateFeatures).map((sent) => sent.request)).toMatchObject([
      {
        featureUpdates: [{ feature: 'odd.version', maxVersionLevel: 0, upgradeType: SAFE_DOWNGRADE }],
        validateOnly: true,
      },
      {
        featureUpdates: [{ feature: 'metadata.version', maxVersionLevel: 21, upgradeType: UNSAFE_DOWNGRADE }],
        validateOnly: false,
      },
    ])
  })

  it('fail all together', async () => {
    broker.on(UpdateFeatures, () => ({ errorCode: ERRORS.INVALID_UPDATE_VERSION, errorMessage: 'No.' }))
    const args = ['upgrade', '--feature', 'b=2', '--feature', 'a=1', '--dry-run']
    expect(await run('drop-in', ...args)).toMatchObject({
      text: 'Can not upgrade a to 1. No.\nCan not upgrade b to 2. No.\n',
      stderr: '',
      exitCode: 1,
    })
    expect(await run('kts', ...args)).toMatchObject({
      text: '',
      exitCode: 1,
      stderr: 'kts features: Can not upgrade a to 1, b to 2: No (INVALID_UPDATE_VERSION)\n',
    })
  })

  it('fail one by one on brokers that tell', async () => {
    const old = await FakeBroker.start({ versions: { UpdateFeatures: [0, 1] } })
    old.on(UpdateFeatures, () => ({
      results: [{ feature: 'a' }, { feature: 'b', errorCode: ERRORS.INVALID_UPDATE_VERSION, errorMessage: 'No.' }],
    }))
    const { text, data, exitCode } = await runCommand(
      command,
      ['--bootstrap-server', old.address, 'disable', '--feature', 'a', '--feature', 'b'],
      { style: 'drop-in' },
    )
    expect(text).toBe('a was disabled.\nCould not disable b. No.\n')
    expect(data).toEqual([
      { feature: 'a', level: 0, changed: true },
      { feature: 'b', level: 0, changed: false, error: { code: 'INVALID_UPDATE_VERSION', message: 'No.' } },
    ])
    expect(exitCode).toBe(1)
    await old.stop()
  })

  it('say that the cluster cannot be asked', async () => {
    const old = await FakeBroker.start({ versions: { UpdateFeatures: [0, -1] } })
    await expect(runCommand(command, ['--bootstrap-server', old.address, 'disable', '--feature', 'a'])).rejects.toThrow(
      KafkaError,
    )
    await old.stop()
  })
})

describe('without a cluster', () => {
  async function alone(...args: string[]): Promise<[code: number, stdout: string]> {
    const { context, stdout } = createContext({ style: 'drop-in', program: 'kafka-features' })
    return [await execute(entryOf(command), args, context), stdout()]
  }

  it('maps releases to levels', async () => {
    expect(await alone('version-mapping', '--release-version', '4.1')).toEqual([
      0,
      'metadata.version=27 (4.1)\nkraft.version=1\ntransaction.version=2\ngroup.version=1\neligible.leader.replicas.version=1\nshare.version=0\nstreams.version=0\n',
    ])
    expect((await alone('version-mapping'))[1]).toMatch(/^metadata.version=30 \(4.3-IV0\)\n/)
    expect((await alone('version-mapping', '--release-version', '9'))[0]).toBe(1)
  })

  it('knows what features need', async () => {
    expect(
      await alone(
        'feature-dependencies',
        '--feature',
        'eligible.leader.replicas.version=1',
        '--feature',
        'metadata.version=25',
        '--feature',
        'group.version=1',
      ),
    ).toEqual([
      0,
      'eligible.leader.replicas.version=1 requires:\n    metadata.version=23 (4.0-IV1)\n' +
        'metadata.version=25 (4.0-IV3) has no dependencies.\ngroup.version=1 has no dependencies.\n',
    ])
    for (const feature of ['group.version=2', 'metadata.version=99', 'none=1', 'group.version']) {
      expect((await alone('feature-dependencies', '--feature', feature))[0]).toBe(1)
    }
  })

  it('helps, which is a success', async () => {
    const [code, stdout] = await alone('--help')
    expect([code, stdout.includes('--release-version')]).toEqual([0, true])
  })
})

describe('options', () => {
  it.each([
    [['sideways'], '"sideways" is none of'],
    [['describe', 'again'], 'unexpected argument "again"'],
    [['describe', '--feature', 'a=1'], '--feature goes with'],
    [['upgrade', '--unsafe', '--feature', 'a=1'], '--unsafe goes with downgrade or disable, not with upgrade'],
    [['upgrade'], 'at least one feature'],
    [['upgrade', '--feature', 'a'], '--feature a is not like NAME=LEVEL'],
    [['upgrade', '--feature', 'a=40000'], '--feature a=40000 is not like'],
    [['upgrade', '--feature', 'a=1', '--feature', 'a=2'], 'a is given more than once'],
    [['upgrade', '--feature', 'a=1', '--release-version', '4.0'], 'give it alone'],
    [['upgrade', '--release-version', '9'], '"9" is no release'],
    [['feature-dependencies'], 'needs --feature'],
  ])('refuses %j', async (args, message) => {
    const refused = (async () => await run('kts', ...args))()
    await expect(refused).rejects.toThrow(UserError)
    await expect(refused).rejects.toThrow(message)
  })
})
