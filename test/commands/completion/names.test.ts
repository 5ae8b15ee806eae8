import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { liveNames, refreshNames } from '../../../src/commands/completion/names.ts'
import { Metadata } from '../../../src/lib/protocol/apis/metadata.ts'
import { createContext } from '../../support/context.ts'
import { FakeBroker } from '../../support/fake-broker.ts'
import { FakeClock } from '../../support/fake-clock.ts'
import { FakeRegistry } from '../../support/fake-registry.ts'
import { temporaryFolder } from '../../support/kts.ts'

let broker: FakeBroker
let clock: FakeClock
let folder: ReturnType<typeof temporaryFolder>
/** What was left behind to be done later. */
let left: (readonly string[])[]

beforeEach(async () => {
  broker = await FakeBroker.start()
  clock = new FakeClock()
  folder = temporaryFolder()
  left = []
})

afterEach(async () => {
  await broker.stop()
  folder.remove()
})

const hold = new Promise<never>(() => {})
const topic = (name: string) => ({ name, partitions: [] })
const serve = (...topics: string[]): void => void broker.on(Metadata, () => broker.metadata(topics.map(topic)))

function world() {
  const leaveSelf = async (args: readonly string[]): Promise<void> => void left.push(args)
  return createContext({ clock, env: { XDG_CACHE_HOME: folder.path }, leaveSelf })
}

/**
 * The names that a key finds; the process that is asked began just now. `late` turns the clock when the cluster has
 * been asked.
 */
async function press({
  late = false,
  style = 'kts' as const,
  bootstrapServer = broker.address,
} = {}): Promise<readonly string[]> {
  const { context, stdout, stderr } = world()
  const asked = broker.received.length
  const names = liveNames('topics', { bootstrapServer }, style, context)
  if (late) {
    await vi.waitFor(() => expect(broker.received.length).toBeGreaterThan(asked))
    clock.advance(220)
  }
  const answer = await names
  expect([stdout(), stderr()]).toEqual(['', ''])
  return answer
}

describe('live names', () => {
  it('are asked of the cluster', async () => {
    serve('retail', 'orders')
    expect(await press()).toEqual(['orders', 'retail'])
  })

  it('are remembered for ten seconds, without being asked for again', async () => {
    serve('retail')
    await press()
    const asked = broker.received.length
    serve('retail', 'fresh')
    expect(await press()).toEqual(['retail'])
    expect(broker.received).toHaveLength(asked)
    clock.advance(10_000)
    expect(await press()).toEqual(['fresh', 'retail'])
  })

  it('of a cluster that does not answer within 220 ms are none, and somebody goes on asking', async () => {
    broker.on(Metadata, () => hold)
    expect(await press({ late: true })).toEqual([])
    expect(left).toEqual([['complete', '--refresh', 'topics', '--bootstrap-server', broker.address]])
  })

  it('of a slow cluster are there at the second key', async () => {
    broker.on(Metadata, () => hold)
    await press({ late: true })
    serve('slow')
    await refreshNames('topics', { bootstrapServer: broker.address }, world().context)
    expect(await press()).toEqual(['slow'])
  })

  it('count the time that the process took to start', async () => {
    serve('retail')
    const { context } = world()
    const { startedAt } = context
    clock.advance(219)
    expect(await liveNames('topics', { bootstrapServer: broker.address }, 'kts', { ...context, startedAt })).toEqual([
      'retail',
    ])
    clock.advance(60_000)
    const asked = broker.received.length
    expect(
      await liveNames('topics', { bootstrapServer: broker.address }, 'kts', {
        ...context,
        startedAt: clock.now() - 220,
      }),
    ).toEqual([])
    expect(broker.received).toHaveLength(asked)
    expect(left).toHaveLength(1)
  })

  it('leave one asker behind, not one for each key', async () => {
    broker.on(Metadata, () => hold)
    for (let key = 0; key < 3; key += 1) await press({ late: true })
    expect(left).toHaveLength(1)
    clock.advance(5000)
    await press({ late: true })
    expect(left).toHaveLength(2)
  })

  it('that are old stand in for a minute where the cluster has become slow', async () => {
    serve('retail')
    await press()
    broker.on(Metadata, () => hold)
    clock.advance(59_000)
    expect(await press({ late: true })).toEqual(['retail'])
    clock.advance(1000)
    expect(await press({ late: true })).toEqual([])
  })

  it('of no cluster, and of a line that names none, are none', async () => {
    const gone = await FakeBroker.start()
    await gone.stop()
    expect(await press({ bootstrapServer: 'nonsense:port' })).toEqual([])
    const { context } = world()
    expect(await liveNames('topics', { bootstrapServer: '127.0.0.1:1' }, 'kts', context)).toEqual([])
    expect(await liveNames('topics', {}, 'drop-in', context)).toEqual([])
    expect(await liveNames('topics', { bootstrapServer: 'a:1', local: true }, 'kts', context)).toEqual([])
    expect(await liveNames('topics', { bootstrapController: broker.address }, 'kts', context)).toEqual([])
    expect(broker.received).toEqual([])
    expect(left).toEqual([])
  })

  it('of a schema registry are asked of that, and remembered apart from its passwords', async () => {
    const registry = await FakeRegistry.start(({ path }) => ({ json: path === '/subjects' ? ['orders-value'] : [] }))
    const { context } = world()
    const schemaRegistry = `http://me:secret@127.0.0.1:${registry.port}`
    const press = () => liveNames('subjects', { bootstrapServer: broker.address, schemaRegistry }, 'kts', context)
    expect(await press()).toEqual(['orders-value'])
    await registry.close()
    expect(await press()).toEqual(['orders-value'])
    expect(await liveNames('subjects', { bootstrapServer: broker.address }, 'kts', context)).toEqual([])
    expect(broker.received).toEqual([])
  })

  it('start no broker in the box', async () => {
    const startSelf = vi.fn()
    const { context } = createContext({
      clock,
      env: { XDG_CACHE_HOME: folder.path, KTS_LOCAL: '1', KTS_LOCAL_PORT: '1' },
      startSelf,
    })
    expect(await liveNames('topics', {}, 'kts', context)).toEqual([])
    expect(startSelf).not.toHaveBeenCalled()
  })

  it('need no cache, and do not trip over a broken one', async () => {
    serve('retail')
    await press()
    const [file] = readdirSync(join(folder.path, 'kts', 'names'))
    expect(JSON.parse(readFileSync(join(folder.path, 'kts', 'names', file!), 'utf8'))).toMatchObject({
      names: ['retail'],
    })
    const { context } = createContext({ clock, env: { XDG_CACHE_HOME: '/dev/null' } })
    expect(await liveNames('topics', { bootstrapServer: broker.address }, 'kts', context)).toEqual(['retail'])
  })
})
