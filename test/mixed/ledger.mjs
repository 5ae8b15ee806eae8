// What was acknowledged is on every replica: as a client reads it with each of them as leader, and in their folders.
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { apis, protocol } from '../support/protocol.mjs'
import { Refused } from '../support/wire.mjs'
import { batchesOf, firstDifference } from './folders.mjs'
import { Connections, readPartition } from './load.mjs'

const { errorName, RecordReader } = protocol
const LIMIT_S = 60

/**
 * Makes each replica the leader of all partitions in turn, and reads what was acknowledged from it; `written` has
 * `{ acknowledged }` by partition. Resolves with the high watermarks.
 */
export async function readFromEachReplica(nodes, topic, written) {
  const connections = new Connections(nodes)
  const partitions = [...written.keys()]
  const ids = nodes.brokers.map(({ id }) => id)
  const highWatermarks = []
  for (const leader of ids) {
    await lead(connections, topic, partitions, [leader, ...ids.filter((id) => id !== leader)])
    for (const [partition, { acknowledged }] of written.entries()) {
      const atLeast = highWatermarks[partition] ?? (acknowledged.at(-1)?.offset ?? -1n) + 1n
      const { values, end } = await readPartition(connections, { topic, partition, leader, atLeast })
      requireAll(`broker ${leader}, ${topic}-${partition}`, values, acknowledged)
      highWatermarks[partition] = end
    }
  }
  connections.close()
  return highWatermarks
}

/** The first of `replicas` becomes the leader of all partitions. */
async function lead(connections, topic, partitions, replicas) {
  const list = partitions.map((partitionIndex) => ({ partitionIndex, replicas }))
  for (const deadline = Date.now() + LIMIT_S * 1000; ; await delay(100)) {
    const wire = await connections.to(replicas[0])
    const reassigned = await wire.ask(apis.AlterPartitionReassignments, {
      timeoutMs: 10_000,
      topics: [{ name: topic, partitions: list }],
    })
    const refused = reassigned.responses[0].partitions.find(({ errorCode }) => errorCode !== 0)
    if (refused) throw new Refused('AlterPartitionReassignments', errorName(refused.errorCode))
    await wire.ask(apis.ElectLeaders, {
      electionType: 0,
      topicPartitions: [{ topic, partitions }],
      timeoutMs: 10_000,
    })
    const told = (await connections.metadata(topic))?.topics[0].partitions ?? []
    if (told.length === partitions.length && told.every(({ leaderId }) => leaderId === replicas[0])) return
    if (Date.now() > deadline) throw new Error(`broker ${replicas[0]} does not lead ${topic} after ${LIMIT_S} s`)
  }
}

/** Throws for an acknowledged record that a folder lacks, and where folders differ below the high watermark. */
export function checkFolders(nodes, topic, written, highWatermarks) {
  const dataDirs = nodes.brokers.map(({ folder }) => join(folder, 'data'))
  for (const [partition, { acknowledged }] of written.entries()) {
    const name = `${topic}-${partition}`
    const upTo = highWatermarks[partition]
    for (const dataDir of dataDirs) {
      requireAll(`${dataDir}/${name}`, valuesOf(dataDir, name), acknowledged)
      const end = [...batchesOf(dataDir, name)].at(-1)?.lastOffset ?? -1n
      if (end + 1n < upTo) throw new Error(`${dataDir}/${name} ends at ${end + 1n}, its high watermark was ${upTo}`)
    }
    for (const other of dataDirs.slice(1)) {
      const difference = firstDifference(dataDirs[0], other, name, upTo)
      if (difference) throw new Error(`${name}: ${difference}`)
    }
  }
}

function requireAll(place, values, acknowledged) {
  const missing = acknowledged.find(({ offset, value }) => values.get(offset) !== value)
  if (missing)
    throw new Error(
      `${place} has at ${missing.offset} ${values.get(missing.offset)}, acknowledged was ${missing.value}`,
    )
}

function valuesOf(dataDir, name) {
  const values = new Map()
  const reader = new RecordReader()
  for (const { header, bytes } of batchesOf(dataDir, name)) {
    if (header.isControl) continue
    reader.open(bytes, 0, header)
    while (reader.next()) {
      const { body, valueStart, valueLength } = reader
      values.set(
        header.baseOffset + BigInt(reader.offsetDelta),
        body.toString('utf8', valueStart, valueStart + valueLength),
      )
    }
  }
  return values
}
