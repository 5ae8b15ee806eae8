import { describe, expect, it } from 'vitest'
import { hintAmong, NearNames } from '../../../src/lib/work/near-names.ts'
import { ListGroups } from '../../../src/lib/protocol/apis/list-groups.ts'
import { Metadata } from '../../../src/lib/protocol/apis/metadata.ts'
import { connectClient } from '../../../src/lib/client/connect.ts'
import { FakeBroker } from '../../support/fake-broker.ts'
import { FakeClock } from '../../support/fake-clock.ts'

async function near<T>(
  style: 'kts' | 'drop-in',
  act: (names: NearNames, broker: FakeBroker, clock: FakeClock) => Promise<T>,
): Promise<T> {
  const [broker, clock] = [await FakeBroker.start(), new FakeClock()]
  broker.on(Metadata, () => broker.metadata([{ name: 'retail' }, { name: 'clicks' }]))
  broker.on(ListGroups, () => ({ groups: [{ groupId: 'shop 1' }] }))
  const client = await connectClient({ bootstrapServers: [broker.address], properties: new Map(), clientId: 'test' })
  await client.brokers()
  try {
    return await act(new NearNames(client, { style, clock }), broker, clock)
  } finally {
    await client.close()
    await broker.stop()
  }
}

describe('NearNames', () => {
  it('asks once for each kind, and only when a name is missing', async () => {
    await near('kts', async (names, broker) => {
      const before = broker.requests(Metadata).length
      expect(
        await Promise.all([names.hint('topic', 'retial'), names.hint('topic', 'click'), names.hint('group', 'shop 2')]),
      ).toEqual(['; did you mean retail?', '; did you mean clicks?', '; did you mean shop 1?'])
      expect([broker.requests(Metadata).length - before, broker.requests(ListGroups).length]).toEqual([1, 1])
    })
  })

  it("asks nothing under Apache's names, nor for what cannot be the name of a topic", async () => {
    await near('drop-in', async (names, broker) => {
      expect([await names.hint('topic', 'retial'), await names.hint('group', 'shop 2')]).toEqual(['', ''])
      expect(broker.requests(ListGroups)).toEqual([])
    })
    await near('kts', async (names) => expect(await names.hint('topic', 'retai|clicks')).toBe(''))
  })

  it('stays silent when the question fails', async () => {
    await near('kts', async (names, broker) => {
      broker.on(ListGroups, () => ({ errorCode: 15 }))
      expect(await names.hint('group', 'shop 2')).toBe('')
      await broker.stop()
      expect(await names.hint('topic', 'retial')).toBe('')
    })
  })
})

describe('a cluster that is slow', () => {
  it('is not waited for long', async () => {
    await near('kts', async (names, broker, clock) => {
      broker.on(ListGroups, () => new Promise(() => {}))
      const hint = names.hint('group', 'shop 2')
      while (broker.requests(ListGroups).length === 0) await new Promise(setImmediate)
      await clock.advance(1000)
      expect(await hint).toBe('')
    })
  })
})

describe('hintAmong', () => {
  it('knows what is near, what is far, and what is there', () => {
    expect(['retial', 'faraway', 'retail'].map((name) => hintAmong(name, ['clicks', 'retail', 'retails']))).toEqual([
      '; did you mean retail?',
      '',
      '',
    ])
  })
})
