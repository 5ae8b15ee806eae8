import type { PartitionDescription } from '../../lib/client/admin/describe-topics.ts'
import { wait } from '../../lib/clock.ts'
import { unlessAborted } from '../../lib/command/unless-aborted.ts'
import { isExpected } from '../../lib/errors.ts'
import { isForPeople } from '../../lib/output/formats.ts'
import { toJson } from '../../lib/output/json.ts'
import { canRedraw, Redrawing } from '../../lib/output/redraw.ts'
import { tableOf, type Column } from '../../lib/output/rows.ts'
import { write } from '../../lib/output/write.ts'
import type { Work } from '../../lib/work/command.ts'
import { findDescriptions } from './describe.ts'
import type { TopicsValues } from './options.ts'

const DEFAULT_SECONDS = 1

interface Watched extends Pick<PartitionDescription, 'partition' | 'leader' | 'leaderEpoch' | 'replicas' | 'isr'> {
  readonly topic: string
  readonly underReplicated: boolean
}

/**
 * Describes leaders and ISRs again and again until Ctrl-C, partitions that lack a replica first: one table that is
 * redrawn on a terminal, elsewhere one after the other, or a line of JSON for each partition.
 */
export async function watchTopics(work: Work<TopicsValues>): Promise<number> {
  const { context, values, voice } = work
  context.mindReader?.()
  const everyMs = (typeof values.watch === 'number' ? values.watch : DEFAULT_SECONDS) * 1000
  const show = viewFor(work, everyMs)
  let trouble = ''
  while (!context.signal.aborted) {
    const seen = await unlessAborted(context.signal, () => look(work)).catch((error: unknown) => {
      if (!isExpected(error)) throw error
      // A broker that is away for a while is no reason to end.
      if (trouble !== error.message) voice.say(error.message)
      trouble = error.message
    })
    if (seen) {
      trouble = ''
      await show(seen)
    }
    await unlessAborted(context.signal, () => wait(context.clock, everyMs))
  }
  return 0
}

async function look(work: Work<TopicsValues>): Promise<Watched[]> {
  const partitions = (await findDescriptions(work)).flatMap(({ name, partitions: all }) =>
    all.map(({ partition, leader, leaderEpoch, replicas, isr }): Watched => {
      return {
        topic: name,
        partition,
        leader,
        leaderEpoch,
        replicas,
        isr,
        underReplicated: isr.length < replicas.length,
      }
    }),
  )
  return partitions.sort((a, b) => Number(b.underReplicated) - Number(a.underReplicated))
}

function viewFor(work: Work<TopicsValues>, everyMs: number): (seen: readonly Watched[]) => Promise<void> {
  const { context, output } = work
  const { stdout, clock } = context
  const time = (): string => new Date(clock.now()).toISOString()
  if (!isForPeople(output))
    return (seen) => write(stdout, seen.map((each) => `${toJson({ time: time(), ...each })}\n`).join(''))
  if (!canRedraw(context) || output === 'text') return (seen) => write(stdout, `${time()}\n${tableOf(seen, COLUMNS)}\n`)
  const screen = new Redrawing(context)
  return (seen) =>
    screen.draw([`${time()}, every ${everyMs / 1000} s; Ctrl-C ends`, ...tableOf(seen, COLUMNS).trimEnd().split('\n')])
}

const COLUMNS: readonly Column<Watched>[] = [
  { title: 'TOPIC', value: ({ topic }) => topic },
  { title: 'PARTITION', value: ({ partition }) => partition, isNumber: true },
  { title: 'LEADER', value: ({ leader }) => leader ?? 'none', isNumber: true },
  { title: 'EPOCH', value: ({ leaderEpoch }) => leaderEpoch, isNumber: true },
  { title: 'REPLICAS', value: ({ replicas }) => replicas.join(',') },
  { title: 'IN SYNC', value: ({ isr }) => isr.join(',') },
  { title: 'MISSING', value: ({ replicas, isr }) => replicas.filter((each) => !isr.includes(each)).join(',') },
]
