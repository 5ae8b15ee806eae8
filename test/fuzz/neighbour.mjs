// A client that minds its own business: whatever others send, it writes, reads back and compares.
import { protocol } from '../support/protocol.mjs'
import { readRecords } from '../support/read-records.mjs'
import { createTopics, fetch, produce, Wire } from '../support/wire.mjs'

const TOPIC = 'neighbour'
const PAUSE_MS = 10

export class Neighbour {
  records = 0
  longestMs = 0
  #next = 0n

  /** Lives there while something goes on, once at least. Rejects when anything was not as it should be. */
  async visit(port, meanwhile) {
    let isOver = false
    const over = meanwhile().finally(() => {
      isOver = true
    })
    // It is looked at in the end.
    over.catch(() => {})
    const wire = await Wire.open(port, 'neighbour')
    await createTopics(wire, [{ name: TOPIC }])
    do {
      this.#next += BigInt(await this.#turn(wire, this.#next))
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS))
    } while (!isOver)
    wire.close()
    await over
  }

  /** Resolves with how many records it wrote. */
  async #turn(wire, offset) {
    const began = performance.now()
    const values = Array.from(
      { length: 1 + Number(offset % 7n) },
      (_, i) => `${offset} ${i} ${'.'.repeat(Number(offset % 300n))}`,
    )
    const timestamp = BigInt(Date.now())
    const baseOffset = await produce(wire, {
      topic: TOPIC,
      partition: 0,
      records: protocol.buildBatch(values.map((value) => ({ timestamp, key: null, value: Buffer.from(value) }))),
    })
    if (baseOffset !== offset) throw new Error(`records were written at ${baseOffset}, not at ${offset}`)
    const { found } = readRecords(await fetch(wire, { topic: TOPIC, partition: 0, offset }), offset)
    if (found.map(({ value }) => value).join() !== values.join())
      throw new Error(`other records than those that were written at ${offset}`)
    this.records += values.length
    this.longestMs = Math.max(this.longestMs, performance.now() - began)
    return values.length
  }
}
