import { resolve } from 'node:path'
import { AlterReplicaLogDirs } from '../../protocol/apis/alter-replica-log-dirs.ts'
import { ERRORS, type ErrorName } from '../../protocol/errors.ts'
import { handle, onCluster } from '../handle.ts'
import type { Broker } from '../state/broker.ts'
import { inTurns } from '../state/turns.ts'

/** A replica that lies where it is wanted need not move (KIP-113); to another folder nothing is moved here. */
export const alterReplicaLogDirs = handle(
  AlterReplicaLogDirs,
  onCluster('ALTER'),
  async ({ dirs }, { broker }) => {
    const wanted = dirs.flatMap(({ path, topics }) => topics.map((topic) => ({ path, ...topic })))
    const results = await inTurns(broker.turns, wanted, async ({ path, name, partitions }) => ({
      topicName: name,
      partitions: await inTurns(broker.turns, partitions, (partitionIndex) => ({
        partitionIndex,
        errorCode: ERRORS[place(broker, name, partitionIndex, path)],
      })),
    }))
    return { results }
  },
  ({ dirs }, { errorCode }) => ({
    results: dirs.flatMap(({ topics }) =>
      topics.map(({ name, partitions }) => ({
        topicName: name,
        partitions: partitions.map((partitionIndex) => ({ partitionIndex, errorCode })),
      })),
    ),
  }),
)

function place({ directories, partitions }: Broker, topic: string, partition: number, wanted: string): ErrorName {
  if (!directories.paths.some((path) => resolve(path) === wanted)) return 'LOG_DIR_NOT_FOUND'
  if (!partitions.get(topic, partition)) return 'REPLICA_NOT_AVAILABLE'
  return resolve(directories.pathOf(topic, partition)!) === wanted ? 'NONE' : 'OPERATION_NOT_ATTEMPTED'
}
