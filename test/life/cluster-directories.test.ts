import { existsSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { DescribeLogDirs } from '../../src/lib/protocol/apis/describe-log-dirs.ts'
import { ERRORS } from '../../src/lib/protocol/errors.ts'
import { temporaryFolder } from '../support/kts.ts'
import { CONTROLLER, LifeCluster } from './support/cluster.ts'
import { Ledger } from './support/ledger.ts'
import { canMount, smallDisk } from './support/small-disk.ts'

const DISK_BYTES = 1 << 20
/** Indexes are made as large as they may become. */
const SETTINGS = { 'log.index.size.max.bytes': '1024', 'replica.lag.time.max.ms': '3000' }

const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

function disk(): string {
  const { path, remove } = smallDisk(DISK_BYTES)
  closing.push(remove)
  return path
}

function folder(): string {
  const { path, remove } = temporaryFolder()
  closing.push(remove)
  return path
}

async function started(...args: Parameters<typeof LifeCluster.start>): Promise<LifeCluster> {
  const cluster = await LifeCluster.start(...args)
  closing.push(() => cluster.close())
  return cluster
}

async function ledgerOf(cluster: LifeCluster, bytes: number, partition = 0): Promise<Ledger> {
  const ledger = await Ledger.open(cluster, 'retail', { bytes, partition })
  closing.push(() => ledger.close())
  return ledger
}

describe.runIf(canMount)('a disk that is full', () => {
  test('with all that a broker has: others lead, and it ends with a sentence', async () => {
    const cluster = await started(1, SETTINGS)
    const full = disk()
    const broker = await cluster.add(2, { dataDir: full })
    await cluster.createTopic('retail', [[2, 1]])
    const ledger = await ledgerOf(cluster, 20_000)
    const { code, stderr } = await broker.running.finished
    expect(code).toBe(1)
    expect(stderr).toBe(
      `kts broker start: the log directory ${full} has failed: cannot write to ${full}/retail-0: the disk is full (ENOSPC); the broker cannot go on without it, and stops\n`,
    )
    await cluster.until('retail', 1, { leaderId: 1, isrNodes: [1] })
    await ledger.more(3)
    await ledger.check(1)
    expect(cluster.said(CONTROLLER)).toEqual([])
  })

  test('with one of several directories: others lead what lies there, and it leads the rest', async () => {
    const cluster = await started(1, SETTINGS)
    const [good, full] = [join(folder(), 'data'), disk()]
    const broker = await cluster.add(2, { dataDir: good, settings: { 'log.dirs': `${good},${full}` } })
    await cluster.createTopic('retail', [
      [2, 1],
      [2, 1],
    ])
    const lost = existsSync(join(full, 'retail-0')) ? 0 : 1
    fill(full)
    const ledger = await ledgerOf(cluster, 20_000, lost)
    await broker.running.warned(/has failed/)
    await cluster.until('retail', 1, { leaderId: 1, isrNodes: [1], offlineReplicas: [2] }, lost)
    await cluster.until('retail', 1, { leaderId: 2, isrNodes: [1, 2], offlineReplicas: [] }, 1 - lost)
    await ledger.more(3)
    await ledger.check(1)
    const { results } = await cluster.ask(2, DescribeLogDirs, { topics: null })
    expect(results.map(({ logDir, errorCode }) => [logDir, errorCode])).toEqual([
      [good, ERRORS.NONE],
      [full, ERRORS.KAFKA_STORAGE_ERROR],
    ])
    expect(cluster.said(2)).toEqual([expect.stringContaining(`the log directory ${full} has failed`)])
    expect(cluster.said(CONTROLLER)).toEqual([])
  })
})

/** Takes all the room that there is. */
function fill(path: string): void {
  try {
    for (let size = 1 << 16; ; ) writeFileSync(join(path, 'ballast'), Buffer.alloc(size), { flag: 'a' })
  } catch (error) {
    expect(error).toMatchObject({ code: 'ENOSPC' })
  }
}

test('metadata.log.dir is where the metadata lies, and nothing else', async () => {
  const [data, metadata] = [join(folder(), 'data'), join(folder(), 'metadata')]
  const cluster = await started(1)
  const broker = await cluster.add(2, { dataDir: data, settings: { 'metadata.log.dir': metadata } })
  await cluster.createTopic('retail', [[2, 1]])
  expect(readdirSync(metadata).sort()).toEqual(['.lock', '__cluster_metadata-0', 'meta.properties'])
  expect(readdirSync(data)).not.toContain('__cluster_metadata-0')
  await broker.restart()
  await cluster.until('retail', 1, { isrNodes: [1, 2] })
  expect(readdirSync(data)).toContain('retail-0')
})

test('a broker that comes back after the metadata log has been cut short takes a snapshot over the network', async () => {
  const cluster = await started(1, {}, { settings: { 'metadata.log.max.record.bytes.between.snapshots': '2000' } })
  await cluster.add(2)
  await cluster.node(2).broker.end()
  // A snapshot is due at the next start; what lies below the one before goes with it.
  for (const round of [0, 1]) {
    for (let index = 0; index < 20; index += 1)
      await cluster.createTopic(`topic-${round}-${index}`, [[1]], { 'retention.ms': String(index + 1) }, [1])
    await cluster.controller.restart()
    await cluster.createTopic(`again-${round}`, [[1]], {}, [1])
  }
  const known = snapshots(cluster.controller.dataDir)
  expect(known.length).toBeGreaterThan(0)
  await cluster.node(2).broker.start()
  expect((await cluster.topic('topic-1-19', 2)).errorCode).toBe(0)
  expect(known).toContain(snapshots(cluster.node(2).broker.dataDir).at(-1))
  expect(cluster.said(2)).toEqual([])
})

const snapshots = (dataDir: string): string[] =>
  readdirSync(join(dataDir, '__cluster_metadata-0')).filter((name) => /^\d+-\d+\.checkpoint$/.test(name))
