import { api, type RequestOf, type ResponseOf } from '../api.ts'
import { array, bool, int16, int32, nullableString, string, uint16, uuid } from '../schema.ts'

/** A controller makes itself known to the active one (KIP-919). */
export const ControllerRegistration = api(70, 'ControllerRegistration', {
  versions: '0',
  flexible: '0+',
  request: {
    controllerId: int32('0+'),
    incarnationId: uuid('0+'),
    zkMigrationReady: bool('0+'),
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
  },
  response: {
    throttleTimeMs: int32('0+'),
    errorCode: int16('0+'),
    errorMessage: nullableString('0+', '0+', { default: '' }),
  },
})

export type ControllerRegistrationRequest = RequestOf<typeof ControllerRegistration>
export type ControllerRegistrationResponse = ResponseOf<typeof ControllerRegistration>
