import fc from 'fast-check'
import { expect, test } from 'vitest'
import { OffsetFetch } from '../../../../../src/lib/protocol/apis/offset-fetch.ts'
import { ClassicClient, turns } from './classic-member.ts'
import { ConsumerClient } from './consumer-member.ts'
import { GroupNode } from './group-node.ts'

const PARTITIONS = 6

async function committed(node: GroupNode): Promise<bigint[]> {
  const wanted = [{ name: 't', partitionIndexes: Array.from({ length: PARTITIONS }, (_, index) => index) }]
  const { groups } = await node.send(OffsetFetch, { groups: [{ groupId: 'g', topics: wanted }] }, 9)
  return groups[0]!.topics[0]!.partitions.map(({ committedOffset }) => committedOffset)
}

/** A classic member that assigns partitions when it leads, and reads on from what was committed. */
class Worker {
  client: ClassicClient | null = null
  owned: number[] = []
  private isBusy = false
  constructor(
    private readonly node: GroupNode,
    private readonly claims: Map<string, ClassicClient>,
    private readonly groupInstanceId: string | null,
  ) {}

  /** Joins or joins again, and takes its part; returns at once. */
  work(): void {
    if (this.isBusy) return
    this.isBusy = true
    void this.rebalance().finally(() => {
      this.isBusy = false
    })
  }

  async beat(): Promise<void> {
    if (!this.client || this.isBusy) return
    const said = await this.client.heartbeat()
    if (said === 'NONE') return
    this.owned = []
    if (said !== 'REBALANCE_IN_PROGRESS') this.client = null
    this.work()
  }

  /** Commits one more than what is there, for what it believes to own. Late ones must be refused, not applied. */
  async commit(): Promise<void> {
    const {
      client,
      owned: [partition],
    } = this
    if (!client || partition === undefined) return
    const next = (await committed(this.node))[partition]! + 1n
    await client.commit(next, 't', partition)
  }

  async leave(): Promise<void> {
    const { client } = this
    if (!client || this.isBusy) return
    this.client = null
    this.owned = []
    await client.leave()
  }

  /** Is gone without a word. */
  die(): void {
    if (!this.isBusy) Object.assign(this, { client: null, owned: [] })
  }

  private async rebalance(): Promise<void> {
    const client = (this.client ??= new ClassicClient(this.node, 'g', {
      groupInstanceId: this.groupInstanceId,
      rebalanceTimeoutMs: 20_000,
    }))
    this.owned = []
    if ((await client.join()) !== 'NONE') return this.giveUp()
    const part = await client.sync(client.isLeader ? this.assign(client) : {})
    if (!/^[\d,]*$/.test(part)) return this.giveUp()
    this.owned = part === '' ? [] : part.split(',').map(Number)
    for (const partition of this.owned) this.claim(client, partition)
  }

  private assign({ members }: ClassicClient): Record<string, string> {
    return Object.fromEntries(
      members.map(({ memberId }, index) => [
        memberId,
        Array.from({ length: PARTITIONS }, (_, partition) => partition)
          .filter((partition) => partition % members.length === index)
          .join(),
      ]),
    )
  }

  private claim(client: ClassicClient, partition: number): void {
    const claim = `${client.generationId}/${partition}`
    const owner = this.claims.get(claim)
    // A static member that came back has the partitions of the one before.
    const isSame =
      owner === undefined ||
      owner === client ||
      (this.groupInstanceId !== null && owner.options.groupInstanceId === this.groupInstanceId)
    expect(isSame, `partition ${partition} has two owners in generation ${client.generationId}`).toBe(true)
    this.claims.set(claim, client)
  }

  private giveUp(): void {
    this.client = null
  }
}

const schedule = fc.array(
  fc.tuple(
    fc.constantFrom('join', 'beat', 'beat', 'commit', 'commit', 'leave', 'die', 'wait', 'wait', 'restart', 'refuse'),
    fc.nat({ max: 3 }),
  ),
  { minLength: 5, maxLength: 60 },
)

test('classic members that come and go: no partition has two owners in a generation, offsets never go back', async () => {
  await fc.assert(
    fc.asyncProperty(schedule, async (steps) => {
      const node = new GroupNode({ initialRebalanceDelayMs: 100 })
      node.addTopic('t', PARTITIONS)
      const claims = new Map<string, ClassicClient>()
      const workers = [null, null, 'i', 'j'].map((instanceId) => new Worker(node, claims, instanceId))
      let last = await committed(node)
      for (const [step, index] of steps) {
        const worker = workers[index]!
        if (step === 'join') worker.work()
        else if (step === 'beat') await worker.beat()
        else if (step === 'commit') await worker.commit()
        else if (step === 'leave') await worker.leave()
        else if (step === 'die') worker.die()
        else if (step === 'restart') node.start()
        else if (step === 'refuse') node.stateTopic.refusal = index === 0 ? 'KAFKA_STORAGE_ERROR' : null
        else node.clock.advance([50, 1_000, 6_000, 30_000][index]!)
        await turns(node, 3)
        const now = await committed(node)
        now.forEach((offset, partition) => expect(offset).toBeGreaterThanOrEqual(last[partition]!))
        last = now
      }
    }),
    { numRuns: 150 },
  )
}, 60_000)

test('consumers that come and go: no partition has two owners, and they settle with everything assigned', async () => {
  const consumerSteps = fc.array(
    fc.tuple(
      fc.constantFrom('join', 'beat', 'beat', 'beat', 'lose', 'leave', 'wait', 'restart', 'grow'),
      fc.nat({ max: 3 }),
    ),
    { minLength: 5, maxLength: 60 },
  )
  await fc.assert(
    fc.asyncProperty(consumerSteps, async (steps) => {
      const node = new GroupNode()
      node.addTopic('t', 3)
      const members = ['a', 'b', 'c', 'd'].map(
        (id) => new ConsumerClient(node, 'g', id, id === 'd' ? { subscribedTopicRegex: 't|u' } : {}),
      )
      const isIn = new Set<ConsumerClient>()
      const beat = async (member: ConsumerClient): Promise<void> => {
        const said = await member.beat()
        if (said !== 'NONE') await member.join()
      }
      for (const [step, index] of steps) {
        const member = members[index]!
        if (step === 'join' && !isIn.has(member)) {
          isIn.add(member)
          await member.join()
        } else if (isIn.has(member) && step === 'beat') {
          await beat(member)
        } else if (isIn.has(member) && step === 'lose') {
          // The answer is lost: the member goes on with what it had.
          const { epoch, owned } = member
          await member.beat()
          Object.assign(member, { epoch, owned, mustSayAll: true })
        } else if (isIn.has(member) && step === 'leave') {
          isIn.delete(member)
          await member.leave()
          Object.assign(member, { epoch: 0, owned: [] })
        } else if (step === 'wait') {
          node.clock.advance(5_000)
          for (const each of isIn) await beat(each)
        } else if (step === 'restart') {
          node.start()
        } else if (step === 'grow' && node.topics.get('t')!.partitions < 8) {
          node.topics.get('t')!.partitions += 1
          node.coordinator.onMetadataChanged()
        }
        const owned = [...isIn].flatMap((each) => each.owned)
        expect(new Set(owned).size, `two owners after ${step}`).toBe(owned.length)
      }
      for (let round = 0; round < 12; round += 1) for (const member of isIn) await beat(member)
      const owned = [...isIn].flatMap((each) => each.owned)
      if (isIn.size > 0) expect(owned).toHaveLength(node.topics.get('t')!.partitions)
    }),
    { numRuns: 150 },
  )
}, 60_000)
