// A broker of the source without sockets, over a real folder, whose clock stands still: hundreds of starts cost
// seconds.
import { importSource } from '../support/source.mjs'

export const source = await importSource(`
  export { openNode } from './lib/broker/state/node.ts'
  export { Dispatcher } from './lib/broker/dispatch.ts'
  export { BROKER_HANDLERS } from './lib/broker/handlers/index.ts'
  export { Disk } from './lib/broker/log/disk.ts'
  export { parseBrokerConfig } from './lib/broker/state/configs/parse-broker-config.ts'
  export { FakeClock } from '../test/support/fake-clock.ts'
  export { isExpected } from './lib/errors.ts'
  export { Reader } from './lib/protocol/bytes.ts'
  export { encodeRequest, readResponse } from './lib/protocol/frame.ts'
  export { errorName } from './lib/protocol/errors.ts'
  export { APIS } from './lib/protocol/apis/index.ts'
  export { AbortedFilter } from './lib/client/consumer/aborted-filter.ts'
  export { RecordReader, batches, buildBatch, isCrcValid, readBatchHeader, CODECS } from './lib/protocol/records/index.ts'
  export { createRandom } from './lib/weblog/random.ts'
`)
const apis = Object.fromEntries(source.APIS.map((api) => [api.name, api]))

/**
 * Small segments are made by time; few partitions of the coordinators' topics, so that damage meets what is in them.
 */
export const SETTINGS = {
  'offsets.topic.num.partitions': '2',
  'transaction.state.log.num.partitions': '2',
  'group.initial.rebalance.delay.ms': '0',
  'log.roll.ms': '10000',
  'log.index.interval.bytes': '100',
  'log.cleaner.backoff.ms': '1000',
  'log.cleaner.min.cleanable.ratio': '0.01',
  'log.segment.delete.delay.ms': '0',
  'offsets.retention.check.interval.ms': '100000000',
}
const CONNECTION = { listener: 'PLAINTEXT', principal: 'User:ANONYMOUS', clientHost: '/127.0.0.1' }
/** No process has it: whoever finds its mark takes the folder over. */
let pid = 0x7000_0000

export class Node {
  warnings = []
  #node
  #dispatcher

  /** Throws as a start does. */
  constructor(dataDir, nowMs) {
    const mine = (pid += 1)
    this.clock = new source.FakeClock(nowMs)
    const properties = { listeners: 'PLAINTEXT://127.0.0.1:9092', 'log.dirs': dataDir, ...SETTINGS }
    this.#node = source.openNode({
      config: source.parseBrokerConfig(new Map(Object.entries(properties))).config,
      fileSystem: new source.Disk(),
      clock: this.clock,
      processes: { pid: mine, identity: (asked) => (asked === mine ? 'alive' : null) },
      endpoints: new Map([['PLAINTEXT', { host: '127.0.0.1', port: 9092 }]]),
      warn: (line) => this.warnings.push(line),
    })
    this.#dispatcher = new source.Dispatcher(this.#node.broker, source.BROKER_HANDLERS)
  }

  async send(name, request, version = apis[name].maxVersion) {
    const frame = Buffer.concat(source.encodeRequest(apis[name], version, 7, 'damage', request)).subarray(4)
    const reply = this.#dispatcher.dispatch(frame, CONNECTION)
    if (reply instanceof Promise) this.clock.advance(10)
    return source.readResponse(apis[name], version, new source.Reader(Buffer.concat(await reply), 8))
  }

  /** Time goes on, and what goes on in the background with it. */
  async pass(ms) {
    for (let left = ms; left > 0; left -= 500) {
      this.clock.advance(Math.min(left, 500))
      for (let turn = 0; turn < 5; turn += 1) {
        await new Promise((resolve) => setImmediate(resolve))
        this.clock.advance(0)
      }
    }
  }

  async close() {
    const { broker } = this.#node
    broker.transactions.close()
    broker.groups.close()
    await this.#node.flushInBackground()
    this.#node.close()
  }
}
