import { DescribeConfigs, type DescribeConfigsRequest, type DescribeConfigsResponse } from '../../protocol/apis/describe-configs.ts'
import type { Input } from '../../protocol/schema.ts'
import { handle } from '../handle.ts'
import type { ConfigEntry } from '../state/configs/config-entry.ts'
import { describeResource } from '../state/configs/describe-resource.ts'
import { refusalOf } from '../state/refusal.ts'

type Result = Input<DescribeConfigsResponse['results'][number]>
type Config = Input<DescribeConfigsResponse['results'][number]['configs'][number]>
type Shown = Pick<DescribeConfigsRequest, 'includeSynonyms' | 'includeDocumentation'>

/** DescribeConfigsResponse.ConfigType. */
const TYPES: Record<ConfigEntry['type'], number> = {
  UNKNOWN: 0, BOOLEAN: 1, STRING: 2, INT: 3, SHORT: 4, LONG: 5, DOUBLE: 6, LIST: 7, CLASS: 8, PASSWORD: 9,
}

export const describeConfigs = handle(DescribeConfigs, (request, { broker }) => ({
  results: request.resources.map(({ resourceType, resourceName, configurationKeys }): Result => {
    try {
      const entries = describeResource(broker, resourceType, resourceName).filter(({ name }) => isAskedFor(name, configurationKeys))
      return { resourceType, resourceName, configs: entries.map((entry) => shown(entry, request)) }
    } catch (error) {
      return { resourceType, resourceName, ...refusalOf(error), configs: [] }
    }
  }),
}))

/** No list of keys, or an empty one, asks for all. */
function isAskedFor(name: string, keys: readonly string[] | null): boolean {
  return keys === null || keys.length === 0 || keys.includes(name)
}

function shown(entry: ConfigEntry, { includeSynonyms, includeDocumentation }: Shown): Config {
  return {
    name: entry.name, value: entry.value, readOnly: entry.readOnly, configSource: entry.source, isSensitive: entry.isSensitive,
    synonyms: includeSynonyms ? entry.synonyms : [],
    configType: TYPES[entry.type],
    documentation: includeDocumentation ? entry.documentation : null,
  }
}
