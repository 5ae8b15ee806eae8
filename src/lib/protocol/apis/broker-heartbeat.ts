import { api, type RequestOf, type ResponseOf } from '../api.ts'
import { array, bool, int16, int32, int64, nullableArray, uuid } from '../schema.ts'

/** A broker keeps its session with the controller, and asks to be unfenced or to shut down (KIP-631). */
export const BrokerHeartbeat = api(63, 'BrokerHeartbeat', {
  versions: '0-2',
  flexible: '0+',
  request: {
    brokerId: int32('0+'),
    brokerEpoch: int64('0+', { default: -1n }),
    currentMetadataOffset: int64('0+'),
    wantFence: bool('0+'),
    wantShutDown: bool('0+'),
    offlineLogDirs: array('1+', uuid('1+'), { tag: 0 }),
    cordonedLogDirs: nullableArray('2+', '2+', uuid('2+'), { tag: 1 }),
  },
  response: {
    throttleTimeMs: int32('0+'),
    errorCode: int16('0+'),
    isCaughtUp: bool('0+'),
    isFenced: bool('0+', { default: true }),
    shouldShutDown: bool('0+'),
  },
})

export type BrokerHeartbeatRequest = RequestOf<typeof BrokerHeartbeat>
export type BrokerHeartbeatResponse = ResponseOf<typeof BrokerHeartbeat>
