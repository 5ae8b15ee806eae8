import type { ElectedLeader, ElectionType } from '../../lib/client/admin/elect-leaders.ts'
import { itemSentence } from '../../lib/client/admin/item-error.ts'
import { partitionName } from '../../lib/client/admin/leaders.ts'
import type { Context, Result } from '../../lib/command/define.ts'
import { javaException } from '../../lib/output/java-exception.ts'
import { renderTable } from '../../lib/output/table.ts'
import { write } from '../../lib/output/write.ts'

type Outcome = 'elected' | 'not needed' | 'failed'

/** What Apache's tool prints of failures is on stdout; under kts it is on stderr. A failure exits 1 under both names. */
export async function show(results: readonly ElectedLeader[], type: ElectionType, context: Context): Promise<Result> {
  const failed = results.filter((result) => outcomeOf(result) === 'failed')
  if (context.style === 'kts') await complain(failed, context)
  return {
    data: results.map((result) => ({
      topic: result.topic, partition: result.partition, outcome: outcomeOf(result), ...(failed.includes(result) && { error: result.error }),
    })),
    text: () => asText(results, type.toUpperCase(), context.style),
    table: () => asTable(results),
    exitCode: failed.length > 0 ? 1 : 0,
  }
}

async function complain(failed: readonly ElectedLeader[], { program, stderr }: Context): Promise<void> {
  for (const item of failed) await write(stderr, `${program}: ${itemSentence(`Cannot elect a leader of ${partitionName(item)}`, item.error!)}\n`)
}

function asText(results: readonly ElectedLeader[], type: string, style: Context['style']): string {
  const [elected, kept, failed] = (['elected', 'not needed', 'failed'] as const).map((outcome) => results.filter((result) => outcomeOf(result) === outcome))
  const lines = [
    ...(elected!.length > 0 ? [`Successfully completed leader election (${type}) for partitions ${names(elected!)}`] : []),
    ...(kept!.length > 0 ? [`Valid replica already elected for partitions ${names(kept!)}`] : []),
    ...(style === 'drop-in' ? failed!.map((result) => failureLine(type, result)) : []),
  ]
  return lines.map((line) => `${line}\n`).join('')
}

function asTable(results: readonly ElectedLeader[]): string {
  if (results.length === 0) return 'No partition needs an election.\n'
  return renderTable(['TOPIC', 'PARTITION', 'ELECTION'], results.map((result) => [result.topic, `${result.partition}`, outcomeOf(result)]), { right: [1] })
}

const outcomeOf = ({ error }: ElectedLeader): Outcome => (!error ? 'elected' : error.code === 'ELECTION_NOT_NEEDED' ? 'not needed' : 'failed')

const names = (results: readonly ElectedLeader[]): string => results.map(partitionName).join(', ')

const failureLine = (type: string, result: ElectedLeader): string =>
  `Error completing leader election (${type}) for partition: ${partitionName(result)}: ${javaException(result.error!.code)}: ${result.error!.message}`
