import type { LogContext } from './log-context.ts'
import { INDEX_SUFFIXES, SUFFIX, offsetOfFile, offsetsOf } from './names.ts'
import { finishSwaps } from './swap.ts'

const UNFINISHED = [SUFFIX.deleted, SUFFIX.cleaned, SUFFIX.swap, SUFFIX.temporary]

/**
 * The names in a log's folder, once what interrupted work has left there is finished or removed. A folder without
 * leftovers is read once: a node has ten thousand of them.
 */
export function tidyFolder(context: LogContext): readonly string[] {
  const { fileSystem, directory } = context
  const names = fileSystem.list(directory)
  const isUnfinished = (name: string): boolean => UNFINISHED.some((suffix) => name.endsWith(suffix))
  if (!names.some(isUnfinished) && indexesAlone(names).length === 0) return names
  finishSwaps(context)
  const left = fileSystem.list(directory)
  const doomed = [...left.filter(isUnfinished), ...indexesAlone(left)]
  for (const name of doomed) fileSystem.remove(`${directory}/${name}`)
  return left.filter((name) => !doomed.includes(name))
}

/** Names of indexes whose segment is not there. */
function indexesAlone(names: readonly string[]): string[] {
  const logs = new Set(offsetsOf(names, SUFFIX.log))
  return names.filter((name) =>
    INDEX_SUFFIXES.some((suffix) => {
      const offset = offsetOfFile(name, suffix)
      return offset !== null && !logs.has(offset)
    }),
  )
}
