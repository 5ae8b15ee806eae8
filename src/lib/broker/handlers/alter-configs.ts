import { KafkaError } from '../../errors.ts'
import { AlterConfigs, type AlterConfigsRequest } from '../../protocol/apis/alter-configs.ts'
import { handle } from '../handle.ts'
import { requireConfigRight } from './shared/rights.ts'
import { alterResources } from '../state/resources/alter-resources.ts'
import { configTarget } from '../state/resources/config-target.ts'

type Resource = AlterConfigsRequest['resources'][number]

/** Replaces all that is set for a resource; superseded by IncrementalAlterConfigs (KIP-339). */
export const alterConfigs = handle(AlterConfigs, 'each', async (request, context) => ({
  responses: await alterResources(context.broker.turns, request.resources, (resource) => {
    requireConfigRight(context, 'ALTER_CONFIGS', resource.resourceType, resource.resourceName)
    const next = settings(resource)
    const target = configTarget(context, resource.resourceType, resource.resourceName)
    target.check(next)
    if (!request.validateOnly) target.save(next)
  }),
}))

function settings({ configs }: Resource): ReadonlyMap<string, string> {
  const missing = configs.filter(({ value }) => value === null)
  if (missing.length > 0) {
    throw new KafkaError(
      'INVALID_REQUEST',
      `Null value not supported for : ${missing.map(({ name }) => name).join(', ')}`,
    )
  }
  return new Map(configs.map(({ name, value }) => [name, value!]))
}
