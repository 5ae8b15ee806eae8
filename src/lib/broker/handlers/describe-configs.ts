import {
  CONFIG_TYPES,
  DescribeConfigs,
  type DescribeConfigsRequest,
  type DescribeConfigsResponse,
} from '../../protocol/apis/describe-configs.ts'
import type { Input } from '../../protocol/schema.ts'
import { handle } from '../handle.ts'
import type { ConfigEntry } from '../state/configs/config-entry.ts'
import { describeResource } from '../state/resources/describe-resource.ts'
import { refusalOf } from '../state/refusal.ts'
import { inTurns } from '../state/turns.ts'
import { firstByKey } from './shared/repeated.ts'
import { requireConfigRight } from './shared/rights.ts'

type Result = Input<DescribeConfigsResponse['results'][number]>
type Config = Input<DescribeConfigsResponse['results'][number]['configs'][number]>
type Shown = Pick<DescribeConfigsRequest, 'includeSynonyms' | 'includeDocumentation'>

export const describeConfigs = handle(DescribeConfigs, 'each', async (request, context) => ({
  results: await inTurns(
    context.broker.turns,
    firstByKey(request.resources, keyOf),
    ({ resourceType, resourceName, configurationKeys }): Result => {
      try {
        requireConfigRight(context, 'DESCRIBE_CONFIGS', resourceType, resourceName)
        // No list of keys, or an empty one, asks for all.
        const keys = new Set(configurationKeys)
        const entries = describeResource(context.broker, resourceType, resourceName).filter(
          ({ name }) => keys.size === 0 || keys.has(name),
        )
        return { resourceType, resourceName, configs: entries.map((entry) => shown(entry, request)) }
      } catch (error) {
        return { resourceType, resourceName, ...refusalOf(error), configs: [] }
      }
    },
  ),
}))

const keyOf = ({ resourceType, resourceName }: DescribeConfigsRequest['resources'][number]): string =>
  `${resourceType} ${resourceName}`

function shown(entry: ConfigEntry, { includeSynonyms, includeDocumentation }: Shown): Config {
  return {
    name: entry.name,
    value: entry.value,
    readOnly: entry.readOnly,
    configSource: entry.source,
    isSensitive: entry.isSensitive,
    synonyms: includeSynonyms ? entry.synonyms : [],
    configType: CONFIG_TYPES[entry.type],
    documentation: includeDocumentation ? entry.documentation : null,
  }
}
