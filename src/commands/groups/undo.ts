import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { fetchGroupOffsets } from '../../lib/client/admin/group-offsets.ts'
import { groupByTopic, partitionName, type TopicPartition } from '../../lib/client/topic-partition.ts'
import { shellWords } from '../../lib/command/shell.ts'
import { connectionWords } from '../../lib/config/connection.ts'
import { stateFolder } from '../../lib/config/folders.ts'
import { writeWholeFile } from '../../lib/whole-file.ts'
import { EnvironmentError } from '../../lib/errors.ts'
import { fileProblem } from '../../lib/files.ts'
import { csvLine } from '../../lib/output/csv.ts'
import { say, type Work } from './work.ts'

export interface OldOffset extends TopicPartition {
  readonly groupId: string
  /** Null where nothing was committed. */
  readonly offset: bigint | null
}

/** What a change can be taken back with. */
export interface Undo {
  /**
   * Says on stderr where the old offsets are and what brings them back, for these groups alone where they are given.
   */
  tell(groupIds?: readonly string[]): Promise<void>
  /** Throws the file away: nothing has been changed. */
  forget(): void
}

const NOTHING: Undo = { tell: () => Promise.resolve(), forget() {} }
/** Of several commands the first are shown, and of many groups the names left out. */
const MOST_COMMANDS = 10

/** Keeps what groups have committed, all of it or for some partitions, before it is deleted. */
export async function keepOffsets(
  work: Work,
  groups: readonly { readonly groupId: string; readonly partitions?: readonly TopicPartition[] }[],
): Promise<Undo> {
  if (work.context.style === 'drop-in') return NOTHING
  const found = await fetchGroupOffsets(
    work.client,
    groups.map(({ groupId }) => groupId),
    work.patience,
  )
  const old = found.flatMap(({ groupId, offsets }, index) => {
    const wanted = groups[index]!.partitions && new Set(groups[index]!.partitions.map(partitionName))
    return offsets
      .filter((offset) => !wanted || wanted.has(partitionName(offset)))
      .map(({ topic, partition, offset }) => ({ groupId, topic, partition, offset }))
  })
  return writeUndo(work, old)
}

/**
 * Writes old offsets to a file of their own, in the form that --from-file takes, before anything is changed; not under
 * Apache's name, whose tool leaves nothing behind.
 * Throws EnvironmentError when the file cannot be written.
 */
export async function writeUndo(work: Work, old: readonly OldOffset[]): Promise<Undo> {
  if (work.context.style === 'drop-in' || old.length === 0) return NOTHING
  const file = writeFile(work, old, await clusterIdOf(work))
  return {
    async tell(groupIds) {
      const wanted = groupIds && new Set(groupIds)
      const told = old.filter(({ groupId }) => !wanted || wanted.has(groupId))
      const isKept = told.some(({ offset }) => offset !== null)
      const groups = [...new Set(told.map(({ groupId }) => groupId))]
      const restore = ['undo', ...(groups.length <= MOST_COMMANDS ? groups : []), '--execute']
      const commands = [...(isKept ? [restore] : []), ...deletions(told.filter(({ offset }) => offset === null))]
      if (isKept) await say(work, `the old offsets are kept in ${file}`)
      await showCommands(work, commands)
    },
    forget: () => rmSync(file, { force: true }),
  }
}

export const clusterIdOf = async ({ client }: Work): Promise<string> => (await client.metadata([])).clusterId ?? ''

/** Where old offsets are kept. */
export const folderOf = ({ context }: Work): string => join(stateFolder(context.env), 'offsets')

/** The name tells the cluster; where nothing was committed a line says so to people, and to `undo`. */
function writeFile(work: Work, old: readonly OldOffset[], clusterId: string): string {
  const folder = folderOf(work)
  const time = new Date(work.context.clock.now()).toISOString().replaceAll(':', '-')
  const text = old
    .map(({ groupId, topic, partition, offset }) =>
      offset === null ? NONE + csvLine([groupId, topic, partition]) : csvLine([groupId, topic, partition, offset]),
    )
    .join('')
  try {
    return writeNew(join(folder, `${time}.${clusterId}`), text)
  } catch (error) {
    throw new EnvironmentError(
      `The old offsets cannot be kept in ${folder}, and nothing has been changed: ${fileProblem(error)}`,
    )
  }
}

/** Begins the line of a partition that nothing was committed for. */
export const NONE = '# nothing committed: '

/** Two changes may fall into one millisecond. */
function writeNew(stem: string, text: string): string {
  for (let count = 1; ; count += 1) {
    const file = `${stem}${count === 1 ? '' : `-${count}`}.csv`
    try {
      writeWholeFile(file, text, { isNew: true })
      return file
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    }
  }
}

/** Commands: where nothing was committed before, nothing is to be committed again. */
export function deletions(old: readonly OldOffset[]): string[][] {
  const byGroup = new Map<string, OldOffset[]>(old.map(({ groupId }) => [groupId, []]))
  for (const offset of old) byGroup.get(offset.groupId)!.push(offset)
  return [...byGroup].map(([groupId, offsets]) => {
    const topics = groupByTopic(offsets).map(
      ({ topic, items }) => `${topic}:${items.map(({ partition }) => partition).join(',')}`,
    )
    return ['delete-offsets', groupId, ...topics.flatMap((topic) => ['--topic', topic])]
  })
}

export async function showCommands(work: Work, commands: readonly (readonly string[])[]): Promise<void> {
  const connection = connectionWords(work.values)
  for (const command of commands.slice(0, MOST_COMMANDS))
    await say(work, `to undo this: kts groups ${shellWords([...command, ...connection])}`)
  const more = commands.length - MOST_COMMANDS
  if (more > 0)
    await say(work, `and the same for ${more} more ${more === 1 ? 'group' : 'groups'} that had committed nothing there`)
}
