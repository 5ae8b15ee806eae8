import { partitionName, type TopicPartition } from '../../lib/client/admin/leaders.ts'
import { readCsvLine } from '../../lib/output/csv.ts'
import { UserError } from '../../lib/errors.ts'
import { readText } from '../../lib/files.ts'

export interface FileOffset extends TopicPartition {
  readonly offset: bigint
}

/** What a file says of each group, by partition. */
export type PlanFile = ReadonlyMap<string, ReadonlyMap<string, FileOffset>>

const MAX_OFFSET = 2n ** 63n - 1n
const MAX_PARTITION = 0x7fff_ffff

/**
 * Reads a plan as --export writes it: `topic,partition,offset` a line for a single group,
 * `group,topic,partition,offset` for any number. Which of the two it is, its first line tells. Throws UserError with
 * the number of the line that is wrong.
 */
export function readPlanFile(path: string, cwd: string, groupIds: readonly string[]): PlanFile {
  const lines = readText(path, { cwd, before: '--from-file ' })
    .split('\n')
    .map((line) => line.replace(/\r$/, ''))
    .map((line, index) => ({ line, number: index + 1 }))
    // What kts itself has kept tells there where nothing was committed.
    .filter(({ line }) => !line.startsWith('#'))
  // --export ends with an empty line.
  while (lines.at(-1)?.line.trim() === '') lines.pop()
  if (lines.length === 0)
    throw new UserError(`${path} is empty: it takes lines of ${form(null)}, or of ${form('group')}`)
  const isShort = readCsvLine(lines[0]!.line)?.length === 3
  if (isShort && groupIds.length !== 1) {
    throw new UserError(`${path}, line 1: ${form(null)} is for a single --group; for several write ${form('group')}`)
  }
  const plan = new Map<string, Map<string, FileOffset>>()
  lines.forEach(({ line, number }) => {
    const { groupId, ...offset } = readLine(line, isShort ? groupIds[0]! : null, `${path}, line ${number}`)
    if (!plan.has(groupId)) plan.set(groupId, new Map())
    plan.get(groupId)!.set(partitionName(offset), offset)
  })
  return plan
}

const form = (group: string | null): string => `${group === null ? '' : 'group,'}topic,partition,offset`

function readLine(line: string, onlyGroup: string | null, where: string): FileOffset & { groupId: string } {
  const cells = readCsvLine(line)
  const [groupId, topic, partition, offset, ...rest] =
    onlyGroup === null ? (cells ?? []) : [onlyGroup, ...(cells ?? [])]
  if (!groupId || !topic || partition === undefined || offset === undefined || rest.length > 0) {
    throw new UserError(`${where}: "${line}" is not of the form ${form(onlyGroup === null ? 'group' : null)}`)
  }
  if (!/^\d+$/.test(partition) || Number(partition) > MAX_PARTITION)
    throw new UserError(`${where}: "${partition}" is not the number of a partition`)
  if (!/^-?\d+$/.test(offset) || BigInt(offset) > MAX_OFFSET)
    throw new UserError(`${where}: "${offset}" is not an offset`)
  return { groupId, topic, partition: Number(partition), offset: BigInt(offset) }
}
