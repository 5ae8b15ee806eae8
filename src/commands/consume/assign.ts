import {
  DirectAssignment,
  EARLIEST,
  LATEST,
  type ConsumerSettings,
  type Start,
} from '../../lib/client/consumer/index.ts'
import { partitionName, type TopicPartition } from '../../lib/client/topic-partition.ts'
import type { KafkaClient } from '../../lib/client/types.ts'
import { unlessAborted } from '../../lib/command/unless-aborted.ts'
import type { Work } from '../../lib/work/command.ts'
import { findExtents, type Selection } from '../../lib/browse/extents.ts'
import { isTold, sayWhatIsOlder } from './notices.ts'
import type { ConsumeValues } from './options.ts'
import { hasEnd } from './properties.ts'
import type { Session } from './session.ts'
import { parseOffset, parseTime, type BeforeEnd } from './start-position.ts'

/** Reads what the options name. */
export async function asNamed(
  { client, values, context, voice }: Work<ConsumeValues>,
  settings: ConsumerSettings,
  selection: Selection,
): Promise<Session['assign']> {
  const { autoOffsetReset, isReadCommitted } = settings
  const nowMs = context.clock.now()
  const wanted = startOf(values, context.style, nowMs)
  const start =
    wanted && 'beforeEnd' in wanted
      ? await unlessAborted(context.signal, () => beforeEnds(client, selection, wanted, isReadCommitted))
      : wanted
  const end = endOf(values, nowMs)
  const isAtEnd = end === undefined && (start === LATEST || (start === undefined && autoOffsetReset === 'latest'))
  if (isAtEnd && isTold(context)) void sayWhatIsOlder(client, selection, settings, context, voice)
  return (parts) => new DirectAssignment(parts, { ...selection, start, end, autoOffsetReset })
}

/** A partition named by number is read from its end by default; a whole topic from where auto.offset.reset says. */
function startOf(values: ConsumeValues, style: 'kts' | 'drop-in', nowMs: number): Start | BeforeEnd | undefined {
  const { offset, since, partition, fromBeginning } = values
  if (since !== undefined) return parseTime('since', since, nowMs)
  if (offset !== undefined) return parseOffset(offset, style)
  if (partition === undefined) return undefined
  return fromBeginning || hasEnd(values) ? EARLIEST : LATEST
}

function endOf({ until, toEnd }: ConsumeValues, nowMs: number): Start | undefined {
  return until === undefined ? (toEnd ? LATEST : undefined) : parseTime('until', until, nowMs)
}

/** Of a partition that appears later all is new. */
async function beforeEnds(
  client: KafkaClient,
  selection: Selection,
  { beforeEnd }: BeforeEnd,
  isReadCommitted: boolean,
): Promise<(partition: TopicPartition) => Start> {
  const extents = await findExtents(client, selection, isReadCommitted)
  const starts = new Map(
    extents.map((extent) => {
      const offset = extent.to - beforeEnd
      return [partitionName(extent), { offset: offset > extent.from ? offset : extent.from }]
    }),
  )
  return (partition) => starts.get(partitionName(partition)) ?? EARLIEST
}
