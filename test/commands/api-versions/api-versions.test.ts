import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { apiVersions } from '../../../src/commands/api-versions/index.ts'
import type { Command } from '../../../src/lib/work/command.ts'
import { Metadata } from '../../../src/lib/protocol/apis/metadata.ts'
import { FakeBroker } from '../../support/fake-broker.ts'
import { runCommand, type Outcome } from '../../support/run-command.ts'

let brokers: FakeBroker[]
beforeEach(async () => {
  brokers = [
    await FakeBroker.start(),
    await FakeBroker.start({
      nodeId: 2,
      versions: { Fetch: [20, 21], Produce: [0, 2], ListOffsets: [1, 5], OffsetDelete: [0, -1] },
    }),
  ]
  brokers[0]!.on(Metadata, () => brokers[0]!.metadata([], brokers.slice(1)))
})
afterEach(() => Promise.all(brokers.map((broker) => broker.stop())))

const run = (style: 'kts' | 'drop-in'): Promise<Outcome> =>
  runCommand(apiVersions as unknown as Command, ['--bootstrap-server', brokers[0]!.address], {
    style,
    program: 'kts api-versions',
  })

describe('kts api-versions', () => {
  it('has a block for each broker, an API in each line, the ones that are missing too', async () => {
    const [first, second] = (await run('drop-in')).text.split('\n)\n')
    expect(first).toMatch(
      new RegExp(
        `^${brokers[0]!.address} \\(id: 1 rack: null isFenced: false\\) -> \\(\n\tProduce\\(0\\): 3 to 13 \\[usable: 13\\],\n`,
      ),
    )
    expect(first).toContain('\n\tListPartitionReassignments(46): 0 [usable: 0],\n')
    expect(first).toContain('\n\tGetTelemetrySubscriptions(71): UNSUPPORTED,\n')
    expect(first).not.toContain('\tVote(52): UNSUPPORTED')
    expect(second).toContain(
      '-> (\n\tProduce(0): 0 to 2 [unusable: node too old],\n\tFetch(1): 20 to 21 [unusable: node too new],\n\tListOffsets(2): 1 to 5 [usable: 5],\n',
    )
    expect(second).toContain('\n\tOffsetDelete(47): UNSUPPORTED,\n')
  })

  it('compares brokers in a table', async () => {
    const rows = (await run('kts'))
      .table!.trimEnd()
      .split('\n')
      .map((line) => line.trim().split(/ {2,}/))
    expect(rows[0]).toEqual(['API', 'KEY', 'BROKER 1', 'BROKER 2'])
    expect(rows).toContainEqual(['Fetch', '1', '4–18', '20–21'])
    expect(rows).toContainEqual(['OffsetDelete', '47', '0', '-'])
  })

  it('lets brokers that speak the same share a column', async () => {
    brokers.push(await FakeBroker.start({ nodeId: 3 }))
    expect((await run('kts')).table!.split('\n')[0]).toMatch(/^API +KEY +BROKERS 1, 3 +BROKER 2$/)
  })

  it('names a broker that does not answer, and goes on', async () => {
    const both = brokers[0]!.metadata([], brokers.slice(1))
    brokers[0]!.on(Metadata, () => both)
    await brokers.pop()!.stop()
    const { data, stderr, exitCode } = await run('kts')
    expect(data).toMatchObject([
      { broker: { nodeId: 1 } },
      { broker: { nodeId: 2 }, apis: [], error: expect.stringContaining('connection refused') as string },
    ])
    expect(stderr).toMatch(/^kts api-versions: broker 2 does not answer: .*connection refused\n$/)
    expect(exitCode).toBe(1)
    const dropIn = await run('drop-in')
    expect(dropIn).toMatchObject({ exitCode: 0, stderr: '' })
    expect(dropIn.text).toMatch(/\(id: 2 rack: null isFenced: false\) -> ERROR: .*connection refused\n$/)
  })
})
