import { afterEach, expect, test } from 'vitest'
import { keepTime } from '../consumer/reading.ts'
import { randomNumbers } from '../../../support/random.ts'
import { Crowd, type Member } from './crowd.ts'

const PARTITIONS = 6
const MINUTE_MS = 60_000
const STEP_MS = 500
const INSTANCES = ['static-a', 'static-b', 'static-c']

const CLASSIC = { 'session.timeout.ms': '2000', 'heartbeat.interval.ms': '300', 'auto.commit.interval.ms': '700' }
const BROKER = {
  'group.min.session.timeout.ms': '1000',
  'group.initial.rebalance.delay.ms': '100',
  'group.consumer.min.session.timeout.ms': '1000',
  'group.consumer.session.timeout.ms': '2000',
  'group.consumer.min.heartbeat.interval.ms': '100',
  'group.consumer.heartbeat.interval.ms': '300',
}
const PROTOCOLS: Readonly<Record<string, Record<string, string>>> = {
  'Java’s default assignors': CLASSIC,
  'cooperative-sticky': { ...CLASSIC, 'partition.assignment.strategy': 'cooperative-sticky' },
  sticky: { ...CLASSIC, 'partition.assignment.strategy': 'sticky' },
  roundrobin: { ...CLASSIC, 'partition.assignment.strategy': 'roundrobin' },
  'the consumer protocol': { 'group.protocol': 'consumer', 'auto.commit.interval.ms': '700' },
  'the consumer protocol and the range assignor': {
    'group.protocol': 'consumer',
    'group.remote.assignor': 'range',
    'auto.commit.interval.ms': '700',
  },
}

let stopTime = (): void => {}
afterEach(() => stopTime())

async function until(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await new Promise<void>((resolve) => void setImmediate(resolve))
}

test.each(Object.keys(PROTOCOLS))('a minute of coming, leaving, dying and coming back, with %s', async (protocol) => {
  const crowd = new Crowd(PROTOCOLS[protocol]!, BROKER)
  const { clock, broker, members, wrongs } = crowd
  await broker.createTopic('t', { partitions: PARTITIONS })
  stopTime = keepTime(clock)
  const random = randomNumbers(848)
  const pick = <T>(items: readonly T[]): T | undefined => items[Math.floor(random() * items.length)]
  const produced: string[] = []
  const goodbyes: Promise<void>[] = []
  const away = new Set<string>()
  let returns = 0

  // The consumer protocol does not give the place of a static member to another before the session timeout; the classic
  // one does.
  const comeBackMs = PROTOCOLS[protocol]!['group.protocol'] === 'consumer' ? 2500 : 0
  const comeBack = (instanceId: string): void => {
    returns += 1
    away.delete(instanceId)
    crowd.join(instanceId)
  }
  const act = (): void => {
    const some: Member | undefined = pick([...members])
    const absent = pick(
      INSTANCES.filter((id) => !away.has(id) && ![...members].some(({ instanceId }) => instanceId === id)),
    )
    const what = random()
    if (members.size < 2 || (what < 0.15 && members.size < 8)) crowd.join()
    else if (what < 0.3 && absent !== undefined) crowd.join(absent)
    else if (what < 0.45) goodbyes.push(some!.leave())
    else if (what < 0.6) {
      const { instanceId } = some!
      some!.die()
      if (instanceId === undefined) return
      away.add(instanceId)
      clock.after(comeBackMs, () => comeBack(instanceId))
    }
  }
  for (const end = clock.now() + MINUTE_MS; clock.now() < end; ) {
    const values = Array.from({ length: 10 }, (_, i) => `${produced.length + i}`)
    produced.push(...values)
    await broker.produce('t', values, { partition: produced.length % PARTITIONS })
    act()
    const next = clock.now() + STEP_MS
    await until(() => clock.now() >= next)
  }
  const patience = clock.now() + MINUTE_MS
  await until(() => crowd.delivered.size === produced.length || clock.now() > patience)

  expect(produced.filter((value) => !crowd.delivered.has(value))).toEqual([])
  expect(wrongs).toEqual([])
  expect(returns).toBeGreaterThan(0)
  await Promise.all([...goodbyes, ...[...members].map((member) => member.leave())])
  expect([...crowd.committed.values()].reduce((sum, offset) => sum + offset, 0n)).toBe(BigInt(produced.length))
  broker.close()
})
