import { api, type RequestOf, type ResponseOf } from '../api.ts'
import { array, bool, int16, int32, int8, nullableArray, nullableString, string } from '../schema.ts'

/** ConfigResource.Type of what has settings. */
export const CONFIG_RESOURCE_TYPES = { topic: 2, broker: 4, brokerLogger: 8, clientMetrics: 16, group: 32 } as const
export type ConfigResourceType = keyof typeof CONFIG_RESOURCE_TYPES

/** Where a value comes from (DescribeConfigsResponse.ConfigSource). */
export const CONFIG_SOURCES = {
  UNKNOWN: 0,
  DYNAMIC_TOPIC_CONFIG: 1,
  DYNAMIC_BROKER_CONFIG: 2,
  DYNAMIC_DEFAULT_BROKER_CONFIG: 3,
  STATIC_BROKER_CONFIG: 4,
  DEFAULT_CONFIG: 5,
  DYNAMIC_BROKER_LOGGER_CONFIG: 6,
  DYNAMIC_CLIENT_METRICS_CONFIG: 7,
  DYNAMIC_GROUP_CONFIG: 8,
} as const
export type ConfigSource = keyof typeof CONFIG_SOURCES

/** DescribeConfigsResponse.ConfigType. */
export const CONFIG_TYPES = {
  UNKNOWN: 0,
  BOOLEAN: 1,
  STRING: 2,
  INT: 3,
  SHORT: 4,
  LONG: 5,
  DOUBLE: 6,
  LIST: 7,
  CLASS: 8,
  PASSWORD: 9,
} as const

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
