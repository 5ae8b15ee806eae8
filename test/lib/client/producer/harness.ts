import { Hindrances } from '../../../../src/lib/client/hindrances.ts'
import { Producer, parseProducerSettings, type TopicWriter } from '../../../../src/lib/client/producer/index.ts'
import { FakeClock } from '../../../support/fake-clock.ts'
import { FakeCluster, settle } from './fake-cluster.ts'

export interface Harness {
  readonly cluster: FakeCluster
  readonly clock: FakeClock
  readonly producer: Producer
  readonly writer: TopicWriter
  /** What a person was told meanwhile. */
  readonly said: string[]
  readonly failures: { numbers: number[]; code: string; message: string }[]
  /** Appends values under rising numbers from 1 on; false as soon as there is no room. */
  send(...values: string[]): boolean
}

export async function startProducer(
  properties: Record<string, string> = {},
  cluster = new FakeCluster('t'),
): Promise<Harness> {
  const clock = new FakeClock()
  const failures: Harness['failures'] = []
  const { settings } = parseProducerSettings(new Map(Object.entries(properties)))
  const said: string[] = []
  const producer = new Producer(cluster, settings, {
    clock,
    hindrances: new Hindrances({ clock, say: (line) => said.push(line) }),
    random: () => 0.5,
    onFailure: (numbers, { code, message }) => failures.push({ numbers: [...numbers], code, message }),
  })
  const writer = await producer.topic(cluster.topic)
  await settle()
  let number = 0
  const send = (...values: string[]): boolean =>
    values.every((value) => {
      const bytes = Buffer.from(value)
      return writer.append(clock.now(), null, 0, 0, bytes, 0, bytes.length, null, ++number)
    })
  return { cluster, clock, producer, writer, said, failures, send }
}

/** Moves time on in small steps until the work is done. */
export async function advanceUntil<T>(work: Promise<T>, clock: FakeClock, stepMs = 50, limitMs = 200_000): Promise<T> {
  let isDone = false
  const done = work.finally(() => (isDone = true))
  done.catch(() => {})
  for (let passedMs = 0; ; passedMs += stepMs) {
    await settle()
    if (isDone) return done
    if (passedMs > limitMs) throw new Error(`not done after ${limitMs} ms`)
    clock.advance(stepMs)
  }
}
