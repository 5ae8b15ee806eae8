import { api, type RequestOf, type ResponseOf } from '../api.ts'
import { array, bool, int16, int32, int64, nullableString, string, uint16, uuid } from '../schema.ts'

/** A broker that starts makes itself known to the controller (KIP-631). */
export const BrokerRegistration = api(62, 'BrokerRegistration', {
  versions: '0-4',
  flexible: '0+',
  request: {
    brokerId: int32('0+'),
    clusterId: string('0+'),
    incarnationId: uuid('0+'),
    listeners: array('0+', {
      name: string('0+'),
      host: string('0+'),
      port: uint16('0+'),
      securityProtocol: int16('0+'),
    }),
    features: array('0+', {
      name: string('0+'),
      minSupportedVersion: int16('0+'),
      maxSupportedVersion: int16('0+'),
    }),
    rack: nullableString('0+', '0+', { default: '' }),
    isMigratingZkBroker: bool('1+'),
    logDirs: array('2+', uuid('2+'), { ignorable: true }),
    previousBrokerEpoch: int64('3+', { default: -1n, ignorable: true }),
  },
  response: {
    throttleTimeMs: int32('0+'),
    errorCode: int16('0+'),
    brokerEpoch: int64('0+', { default: -1n }),
  },
})

export type BrokerRegistrationRequest = RequestOf<typeof BrokerRegistration>
export type BrokerRegistrationResponse = ResponseOf<typeof BrokerRegistration>
