import type { ElectedLeader, ElectionType } from '../../lib/client/admin/elect-leaders.ts'
import { partitionName } from '../../lib/client/topic-partition.ts'
import type { Context, Result } from '../../lib/command/define.ts'
import { showPlan } from '../../lib/work/outcomes.ts'
import { nameFailures, type Place } from '../../lib/work/failures.ts'
import { javaException } from '../../lib/java/exception.ts'
import { renderTable } from '../../lib/output/table.ts'
import type { PlannedElection } from './plan.ts'

type Outcome = 'elected' | 'not needed' | 'failed'

/**
 * What Apache's tool prints of failures is on stdout; under kts it is on stderr. A failure exits 1 under both names.
 */
export async function show(place: Place, results: readonly ElectedLeader[], type: ElectionType): Promise<Result> {
  const { style } = place.context
  const failed = results.filter((result) => outcomeOf(result) === 'failed')
  if (style === 'kts') await complain(place, failed)
  return {
    data: results.map((result) => ({
      topic: result.topic,
      partition: result.partition,
      outcome: outcomeOf(result),
      ...(failed.includes(result) && { error: result.error }),
    })),
    text: () => asText(results, type.toUpperCase(), style),
    table: () => asTable(results),
    exitCode: failed.length > 0 ? 1 : 0,
  }
}

/** What a dry run has found out. */
export async function showElections(place: Place, planned: readonly PlannedElection[]): Promise<Result> {
  const failed = planned.filter((item) => outcomeOf(item) === 'failed')
  const exitCode = await complain(place, failed)
  return showPlan(
    planned.map((item) => {
      const { topic, partition, leader, error } = item
      const sentence = error
        ? `${partitionName(item)} needs no election.`
        : `Would let broker ${leader} lead ${partitionName(item)}.`
      return failed.includes(item)
        ? { data: { topic, partition, outcome: 'failed', error }, sentence: null }
        : { data: { topic, partition, outcome: error ? 'not needed' : 'would be elected', leader }, sentence }
    }),
    exitCode,
  )
}

const complain = (place: Place, failed: readonly ElectedLeader[]): Promise<0 | 1> =>
  nameFailures(
    failed.map((item) => ({
      what: `Cannot elect a leader of ${partitionName(item)}`,
      error: item.error!,
      topic: item.topic,
    })),
    place,
  )

function asText(results: readonly ElectedLeader[], type: string, style: Context['style']): string {
  const [elected, kept, failed] = (['elected', 'not needed', 'failed'] as const).map((outcome) =>
    results.filter((result) => outcomeOf(result) === outcome),
  )
  const lines = [
    ...(elected!.length > 0
      ? [`Successfully completed leader election (${type}) for partitions ${names(elected!)}`]
      : []),
    ...(kept!.length > 0 ? [`Valid replica already elected for partitions ${names(kept!)}`] : []),
    ...(style === 'drop-in' ? failed!.map((result) => failureLine(type, result)) : []),
  ]
  return lines.map((line) => `${line}\n`).join('')
}

function asTable(results: readonly ElectedLeader[]): string {
  if (results.length === 0) return 'No partition needs an election.\n'
  return renderTable(
    ['TOPIC', 'PARTITION', 'ELECTION'],
    results.map((result) => [result.topic, `${result.partition}`, outcomeOf(result)]),
    { right: [1] },
  )
}

const outcomeOf = ({ error }: ElectedLeader): Outcome =>
  !error ? 'elected' : error.code === 'ELECTION_NOT_NEEDED' ? 'not needed' : 'failed'

const names = (results: readonly ElectedLeader[]): string => results.map(partitionName).join(', ')

const failureLine = (type: string, result: ElectedLeader): string =>
  `Error completing leader election (${type}) for partition: ${partitionName(result)}: ${javaException(result.error!.code)}: ${result.error!.message}`
