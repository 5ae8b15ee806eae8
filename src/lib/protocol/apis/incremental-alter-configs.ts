import { api, type RequestOf } from '../api.ts'
import { array, bool, int16, int32, int8, nullableString, string } from '../schema.ts'

/** AlterConfigOp.OpType. */
export const CONFIG_OPERATIONS = { SET: 0, DELETE: 1, APPEND: 2, SUBTRACT: 3 } as const
export type ConfigOperation = keyof typeof CONFIG_OPERATIONS

export const IncrementalAlterConfigs = api(44, 'IncrementalAlterConfigs', {
  versions: '0-1',
  flexible: '1+',
  request: {
    resources: array('0+', {
      resourceType: int8('0+'),
      resourceName: string('0+'),
      configs: array('0+', {
        name: string('0+'),
        configOperation: int8('0+'),
        value: nullableString('0+', '0+', { default: '' }),
      }),
    }),
    validateOnly: bool('0+'),
  },
  response: {
    throttleTimeMs: int32('0+'),
    responses: array('0+', {
      errorCode: int16('0+'),
      errorMessage: nullableString('0+', '0+', { default: '' }),
      resourceType: int8('0+'),
      resourceName: string('0+'),
    }),
  },
})

export type IncrementalAlterConfigsRequest = RequestOf<typeof IncrementalAlterConfigs>
