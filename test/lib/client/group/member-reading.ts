import {
  Consumer,
  consumerSettings,
  Delivery,
  topicsNamed,
  type Subscription,
} from '../../../../src/lib/client/consumer/index.ts'
import { groupAssignment, groupSettings, type GroupReading } from '../../../../src/lib/client/group/index.ts'
import { FakeClock } from '../../../support/fake-clock.ts'
import type { FakeCluster } from '../consumer/fake-cluster.ts'
import { keepTime } from '../consumer/reading.ts'

export interface MemberOptions {
  readonly events?: Pick<GroupReading, 'onAssigned' | 'onRevoked'>
  readonly properties?: Record<string, string>
  readonly subscription?: Subscription
  readonly maxRecords?: number
  readonly printed?: () => Promise<boolean>
}

/** A member of group `g` that reads topic `t` of a fake cluster, and what it has read as `topic-partition value`. */
export function openMember(cluster: FakeCluster, options: MemberOptions = {}) {
  const clock = new FakeClock()
  cluster.clock = clock
  const properties = new Map(
    Object.entries({ 'group.id': 'g', 'auto.offset.reset': 'earliest', ...options.properties }),
  )
  const settings = consumerSettings(properties)
  const notices: string[] = []
  const lines: string[] = []
  const consumer = new Consumer({
    client: cluster,
    settings,
    clock,
    notice: (line) => notices.push(line),
    assign: (parts) =>
      groupAssignment(parts, {
        group: groupSettings(properties)!,
        settings,
        subscription: options.subscription ?? topicsNamed(['t']),
        printed: options.printed ?? (() => Promise.resolve(true)),
        notice: (line) => notices.push(line),
        ...options.events,
      }),
  })
  let key = ''
  const delivery = new Delivery(
    {
      batch: (partition) => void (key = partition.key),
      record: ({ body, valueStart, valueLength }) =>
        void lines.push(`${key} ${body.toString('utf8', valueStart, valueStart + valueLength)}`),
      endBatch() {},
      ready: () => undefined,
    },
    { ...settings, maxRecords: options.maxRecords ?? Infinity, isStopped: () => consumer.isStopped },
  )

  /** Lets the consumer run until something is true; time moves on whenever nothing else happens. */
  async function runUntil(isTrue: () => boolean, stepMs = 50): Promise<void> {
    const stopTime = keepTime(clock, stepMs)
    try {
      while (!isTrue()) {
        const records = await consumer.next(clock.now() + stepMs)
        if (!records) continue
        await delivery.deliver(records)
        consumer.release(records)
      }
    } finally {
      stopTime()
    }
  }
  return { clock, consumer, lines, notices, runUntil }
}
