import { api, type RequestOf, type ResponseOf } from '../api.ts'
import { array, bool, int16, int32, int8, nullableArray, nullableString, string } from '../schema.ts'

export const DescribeConfigs = api(32, 'DescribeConfigs', {
  versions: '1-4',
  flexible: '4+',
  request: {
    resources: array('1+', {
      resourceType: int8('1+'),
      resourceName: string('1+'),
      configurationKeys: nullableArray('1+', '1+', string('1+'), { default: [] }),
    }),
    includeSynonyms: bool('1+'),
    includeDocumentation: bool('3+'),
  },
  response: {
    throttleTimeMs: int32('1+'),
    results: array('1+', {
      errorCode: int16('1+'),
      errorMessage: nullableString('1+', '1+', { default: '' }),
      resourceType: int8('1+'),
      resourceName: string('1+'),
      configs: array('1+', {
        name: string('1+'),
        value: nullableString('1+', '1+', { default: '' }),
        readOnly: bool('1+'),
        configSource: int8('1+', { default: -1 }),
        isSensitive: bool('1+'),
        synonyms: array('1+', {
          name: string('1+'),
          value: nullableString('1+', '1+', { default: '' }),
          source: int8('1+'),
        }),
        configType: int8('3+', { ignorable: true }),
        documentation: nullableString('3+', '3+', { default: '', ignorable: true }),
      }),
    }),
  },
})

export type DescribeConfigsRequest = RequestOf<typeof DescribeConfigs>
export type DescribeConfigsResponse = ResponseOf<typeof DescribeConfigs>
