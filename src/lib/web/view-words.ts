import { named } from './actions.ts'

/** What the records view of a topic shows. */
export interface RecordsQuery {
  readonly topic: string
  /** `live`, `newest`, `oldest`, `offset:17`, `time:-2h`. */
  readonly from: string
  /** `0,2`, or nothing for all. */
  readonly partition: string
  readonly filter: string
}

/** The words after `kts` that show the same records; nothing where the filter has no option of its own. */
export function recordsWords({ topic, from, partition, filter }: RecordsQuery): string[] {
  const [kind = '', ...rest] = from.split(':')
  const value = rest.join(':')
  return [
    ...named(['consume'], 'topic', topic),
    ...(partition === '' ? [] : [`--partition=${partition}`]),
    ...placeWords(kind, value),
    ...filterWords(filter.trim()),
  ]
}

function placeWords(kind: string, value: string): string[] {
  switch (kind) {
    case 'newest':
      return ['--last=50']
    case 'oldest':
      return ['--from-beginning']
    case 'offset':
      return [`--offset=${value}`]
    case 'time':
      return [`--since=${value}`]
    default:
      return []
  }
}

function filterWords(filter: string): string[] {
  if (filter === '') return []
  const expression = /^\/(.+)\/$/s.exec(filter)?.[1]
  if (expression !== undefined) return [`--grep=${expression}`]
  const [, place, literal] = /^(key|value)\s*~\s*(\S.*)$/s.exec(filter) ?? []
  if (place !== undefined) return [place === 'key' ? `--key=${literal}` : `--grep=${literal}`]
  return [`--grep=${filter.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')}`]
}
