import { WriteTxnMarkers, type WriteTxnMarkersRequest } from '../../protocol/apis/write-txn-markers.ts'
import { ERRORS } from '../../protocol/errors.ts'
import { handle, onCluster } from '../handle.ts'
import type { Broker } from '../state/broker.ts'
import { writeMarker } from '../state/coordinators/markers.ts'
import { refusalOf } from '../state/refusal.ts'
import { inTurns } from '../state/turns.ts'

type Marker = WriteTxnMarkersRequest['markers'][number]

/** For coordinators on other nodes, and for admins who abort a transaction that none coordinates any more (KIP-664). */
export const writeTxnMarkers = handle(
  WriteTxnMarkers,
  onCluster('ALTER', 'CLUSTER_ACTION'),
  async ({ markers }, { broker }) => ({
    markers: await inTurns(broker.turns, markers, async (marker) => ({
      producerId: marker.producerId,
      topics: await inTurns(broker.turns, marker.topics, async ({ name, partitionIndexes }) => ({
        name,
        partitions: await inTurns(broker.turns, partitionIndexes, async (partitionIndex) => ({
          partitionIndex,
          errorCode: await write(broker, name, partitionIndex, marker),
        })),
      })),
    })),
  }),
  ({ markers }, { errorCode }) => ({
    markers: markers.map(({ producerId, topics }) => ({
      producerId,
      topics: topics.map(({ name, partitionIndexes }) => ({
        name,
        partitions: partitionIndexes.map((partitionIndex) => ({ partitionIndex, errorCode })),
      })),
    })),
  }),
)

async function write(broker: Broker, topic: string, partition: number, marker: Marker): Promise<number> {
  const { producerId, producerEpoch, coordinatorEpoch, transactionVersion, transactionResult: committed } = marker
  try {
    await writeMarker(broker, topic, partition, {
      producerId,
      producerEpoch,
      coordinatorEpoch,
      transactionVersion,
      committed,
    })
    return ERRORS.NONE
  } catch (error) {
    return refusalOf(error).errorCode
  }
}
