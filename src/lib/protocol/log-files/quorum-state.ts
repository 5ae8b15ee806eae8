import { MalformedError } from '../../errors.ts'
import { ZERO_UUID } from '../schema.ts'

/** What a node remembers of the election of the metadata log's leader, in `__cluster_metadata-0/quorum-state`. */
export interface QuorumState {
  /** Version 0 goes with kraft.version 0, version 1 with kraft.version 1. */
  readonly dataVersion: 0 | 1
  /** -1 while no leader is known. */
  readonly leaderId: number
  readonly leaderEpoch: number
  /** -1 while this node has voted for nobody in this epoch. */
  readonly votedId: number
  /** All zero where nobody knows it, and in version 0. */
  readonly votedDirectoryId: string
  /** The voters of the configuration; none in version 1, where the log has them. */
  readonly currentVoters: readonly number[]
}

/** The JSON of Kafka's QuorumStateData, byte by byte; without a line feed. */
export function formatQuorumState({ dataVersion, currentVoters, votedDirectoryId, ...election }: QuorumState): string {
  const { leaderId, leaderEpoch, votedId } = election
  return JSON.stringify(
    dataVersion === 0
      ? {
          clusterId: '',
          leaderId,
          leaderEpoch,
          votedId,
          appliedOffset: 0,
          currentVoters: currentVoters.map((voterId) => ({ voterId })),
          data_version: 0,
        }
      : { leaderId, leaderEpoch, votedId, votedDirectoryId, data_version: 1 },
  )
}

/** Throws MalformedError for what is no such JSON, and for a version that Kafka 4.3 does not know. */
export function parseQuorumState(text: string): QuorumState {
  const data = parseObject(text)
  const dataVersion = numberIn(data, 'data_version')
  if (dataVersion !== 0 && dataVersion !== 1)
    throw new MalformedError(`a quorum-state of version ${dataVersion}, which is not known`)
  return {
    dataVersion,
    leaderId: numberIn(data, 'leaderId'),
    leaderEpoch: numberIn(data, 'leaderEpoch'),
    votedId: numberIn(data, 'votedId'),
    votedDirectoryId: dataVersion === 1 ? directoryIn(data) : ZERO_UUID,
    currentVoters: dataVersion === 0 ? votersIn(data) : [],
  }
}

type Data = Readonly<Record<string, unknown>>

function parseObject(text: string): Data {
  try {
    const data: unknown = JSON.parse(text)
    if (typeof data === 'object' && data !== null) return data as Data
  } catch {
    // Said below.
  }
  throw new MalformedError('a quorum-state that is no JSON object')
}

function numberIn(data: Data, name: string): number {
  const value = data[name]
  if (!Number.isInteger(value)) throw new MalformedError(`a quorum-state in which ${name} is no whole number`)
  return value as number
}

function directoryIn({ votedDirectoryId }: Data): string {
  if (typeof votedDirectoryId !== 'string' || !/^[\w-]{22}$/.test(votedDirectoryId))
    throw new MalformedError('a quorum-state in which votedDirectoryId is no directory id')
  return votedDirectoryId
}

function votersIn({ currentVoters }: Data): number[] {
  if (currentVoters === null) return []
  if (!Array.isArray(currentVoters)) throw new MalformedError('a quorum-state in which currentVoters is no list')
  return currentVoters.map((voter: unknown) => numberIn((voter ?? {}) as Data, 'voterId'))
}
