import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startBrokerProcess, type BrokerProcess } from '../../support/broker-process.ts'
import { runTool } from '../../support/kts.ts'
import { createSettingsHome, type SettingsHome } from '../../support/settings-home.ts'

let broker: BrokerProcess
let world: SettingsHome

beforeAll(async () => {
  ;[broker, world] = [await startBrokerProcess('--in-memory'), createSettingsHome()]
  world.write(
    world.files.profiles,
    `profiles:\n  look: { bootstrap-server: '${broker.bootstrap}', read-only: true }\n  careful: { bootstrap-server: '${broker.bootstrap}', confirm: true }\n`,
  )
  await kts('topics --create --topic t --profile careful')
  await kts('produce --topic t --profile careful', 'hello\n')
}, 30_000)

afterAll(async () => {
  await broker.stop()
  world.remove()
})

const kts = (line: string, input = '') =>
  runTool('kts', line.split(' '), { env: { ...world.env, XDG_STATE_HOME: world.home }, cwd: world.cwd, input })

describe('a profile that is read-only', () => {
  it.each([
    ['topics --create --topic u', 'CreateTopics is not sent'],
    ['topics --delete --topic t --yes', 'nothing is changed'],
    ['produce --topic t', 'InitProducerId is not sent'],
    ['produce --topic t --command-property enable.idempotence=false', 'Produce is not sent'],
    ['consume --topic t --group g --from-beginning', 'JoinGroup is not sent'],
    ['consume --topic t --group g --command-property group.protocol=consumer', 'ConsumerGroupHeartbeat is not sent'],
    ['pipe --from t --to u --group g --transactional-id x', 'InitProducerId is not sent'],
    ['perf produce --topic t --num-records 9 --record-size 9 --throughput -1', 'InitProducerId is not sent'],
    ['perf e2e --topic t --num-records 9 --record-size 9', 'InitProducerId is not sent'],
    [
      'configs --alter --entity-type topics --entity-name t --add-config retention.ms=5',
      'IncrementalAlterConfigs is not sent',
    ],
  ])('refuses %s', async (line, reason) => {
    const { code, stderr } = await kts(`${line} --profile look`, 'lost\n')
    expect(stderr).toContain(`the profile look is read-only, so ${reason}; name another one with --profile`)
    expect(code).toBe(1)
  })

  it('has the broker check what is not to be done', async () => {
    expect(await kts('topics create u --dry-run --profile look')).toMatchObject({
      stdout: 'Would create topic u.\n',
      code: 0,
    })
    expect(await kts('topics alter t -p 3 --dry-run --profile look')).toMatchObject({ code: 0 })
    expect(await kts('configs set t retention.ms=7d --dry-run --profile look')).toMatchObject({ code: 0 })
    expect(await kts('configs set --client c consumer_byte_rate=5 --dry-run --profile look')).toMatchObject({ code: 0 })
    const upgrade = await kts('features upgrade --feature metadata.version=30 --dry-run --profile look')
    expect(upgrade.stderr).not.toContain('read-only')
    expect((await kts('topics list --exclude-internal --profile look')).stdout).toBe('t\n')
  })

  it('reads as any other', async () => {
    expect(await kts('consume --topic t --from-beginning --max-messages 1 --profile look')).toMatchObject({
      stdout: 'hello\n',
      code: 0,
    })
    expect(await kts('topics --delete --topic t --dry-run --profile look')).toMatchObject({
      stdout: 'Would delete topic t.\n',
      code: 0,
    })
    expect(await kts('perf consume --topic t --num-records 1 --profile look')).toMatchObject({ code: 0 })
    expect((await kts('offsets --topic t --profile look')).stdout).toBe('t:0:1\n')
  })
})

describe('a profile that wants its name typed', () => {
  it('lets nothing be deleted where nobody can, without --profile and --yes', async () => {
    world.write(world.files.current, 'careful\n')
    for (const line of [
      'topics --delete --topic t',
      'topics --delete --topic t --yes',
      'topics --delete --topic t --profile careful',
    ]) {
      const { code, stderr } = await kts(line)
      expect(stderr).toBe(
        'kts topics: the profile careful wants its name typed before this is done; where nobody can, add --profile careful --yes\n',
      )
      expect(code).toBe(2)
    }
    expect((await kts('topics --list')).stdout).toContain('t\n')
    expect(await kts('topics --delete --topic t --profile careful --yes')).toMatchObject({ code: 0 })
    expect((await kts('topics --list')).stdout).not.toContain('t\n')
  })
})
