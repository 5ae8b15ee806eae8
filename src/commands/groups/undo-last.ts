import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Result } from '../../lib/command/define.ts'
import { UserError } from '../../lib/errors.ts'
import { readText } from '../../lib/files.ts'
import { readCsvLine } from '../../lib/output/csv.ts'
import { offsetsReset } from './reset.ts'
import { clusterIdOf, deletions, folderOf, NONE, showCommands, type OldOffset } from './undo.ts'
import type { Work } from './work.ts'

/**
 * Brings back what the last change to groups of this cluster replaced, or the last one to the groups that are named.
 * Throws UserError where there is none.
 */
export async function undoLast(work: Work): Promise<Result> {
  const file = await lastFile(work)
  const lines = readText(file).split('\n')
  const isWanted = ({ groupId }: { groupId: string }): boolean =>
    work.values.group.length === 0 || work.values.group.includes(groupId)
  const none = lines.filter((line) => line.startsWith(NONE)).map((line) => readOld(line.slice(NONE.length)))
  const groups = [
    ...new Set(lines.filter((line) => line !== '' && !line.startsWith('#')).map((line) => readOld(line).groupId)),
  ]
  await showCommands(work, deletions(none.filter(isWanted)))
  if (groups.length === 0) return { data: [], text: () => '' }
  const values = { ...work.values, fromFile: file, newGroup: true }
  return offsetsReset(values, work.context)({ ...work, values })
}

const readOld = (line: string): OldOffset => {
  const [groupId = '', topic = '', partition = ''] = readCsvLine(line) ?? []
  return { groupId, topic, partition: Number(partition), offset: null }
}

async function lastFile(work: Work): Promise<string> {
  const folder = folderOf(work)
  const clusterId = await clusterIdOf(work)
  const names = existsSync(folder) ? readdirSync(folder).filter((name) => name.includes(`.${clusterId}`)) : []
  const { group } = work.values
  const isAbout = (file: string): boolean => {
    if (group.length === 0) return true
    const lines = readText(file)
      .split('\n')
      .map((line) => readOld(line.replace(NONE, '')))
    return lines.some(({ groupId }) => group.includes(groupId))
  }
  const file = names
    .sort()
    .reverse()
    .map((name) => join(folder, name))
    .find(isAbout)
  if (file !== undefined) return file
  const whose = group.length === 0 ? 'groups of this cluster' : `group ${group.join(', ')}`
  throw new UserError(`there is nothing to undo: no offsets of ${whose} are kept in ${folder}`)
}
