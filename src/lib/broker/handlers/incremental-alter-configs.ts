import { KafkaError } from '../../errors.ts'
import { CLUSTER_NAME } from '../../protocol/acl-types.ts'
import {
  CONFIG_OPERATIONS,
  IncrementalAlterConfigs,
  type ConfigOperation,
  type IncrementalAlterConfigsRequest,
} from '../../protocol/apis/incremental-alter-configs.ts'
import { CONFIG_RESOURCE_TYPES } from '../../protocol/apis/describe-configs.ts'
import { nameOf } from '../../protocol/name-of.ts'
import { handle, type RequestContext } from '../handle.ts'
import type { Broker } from '../state/broker.ts'
import { alterResources } from '../state/resources/alter-resources.ts'
import { checkLoggerChange } from '../state/configs/broker-loggers.ts'
import { checkNodeId, configTarget, type ConfigTarget } from '../state/resources/config-target.ts'
import { requireConfigRight, requireRight } from './shared/rights.ts'
import { formatValue } from '../state/configs/format-value.ts'

type Resource = IncrementalAlterConfigsRequest['resources'][number]
type Change = Resource['configs'][number]

/** Changes single settings, and items of lists (KIP-339). */
export const incrementalAlterConfigs = handle(IncrementalAlterConfigs, 'each', async (request, context) => ({
  responses: await alterResources(context.broker.turns, request.resources, (resource) => {
    requireAlterRight(context, resource)
    refuseNulls(resource)
    if (resource.resourceType === CONFIG_RESOURCE_TYPES.brokerLogger) return checkLoggers(context.broker, resource)
    const target = configTarget(context, resource.resourceType, resource.resourceName)
    const next = new Map(target.current)
    for (const change of resource.configs) apply(change, target, next)
    target.check(next)
    if (!request.validateOnly) target.save(next)
  }),
}))

/** Who changes the loggers of a controller acts as a broker does (ControllerApis.handleIncrementalAlterConfigs). */
function requireAlterRight(context: RequestContext, { resourceType, resourceName }: Resource): void {
  const { broker, connection } = context
  const isController = broker.controllerEndpoints.has(connection.listener)
  if (resourceType === CONFIG_RESOURCE_TYPES.brokerLogger && isController)
    return requireRight(context, 'CLUSTER_ACTION', 'CLUSTER', CLUSTER_NAME)
  requireConfigRight(context, 'ALTER_CONFIGS', resourceType, resourceName)
}

function refuseNulls({ configs }: Resource): void {
  const missing = configs.filter((change) => change.value === null && operationOf(change) !== 'DELETE')
  if (missing.length === 0) return
  throw new KafkaError(
    'INVALID_REQUEST',
    `Null value not supported for : ${missing.map(({ name }) => name).join(', ')}`,
  )
}

function operationOf({ configOperation }: Change): ConfigOperation {
  const operation = nameOf(CONFIG_OPERATIONS, configOperation)
  if (operation === 'UNKNOWN') throw new KafkaError('INVALID_REQUEST', `Unknown operations type ${configOperation}`)
  return operation
}

function checkLoggers(broker: Broker, { resourceName, configs }: Resource): void {
  checkNodeId(broker, resourceName)
  for (const change of configs) checkLoggerChange(operationOf(change), change.name, change.value)
}

function apply(change: Change, target: ConfigTarget, next: Map<string, string>): void {
  const { name, value } = change
  const operation = operationOf(change)
  switch (operation) {
    case 'SET':
      next.set(name, value!)
      return
    case 'DELETE':
      next.delete(name)
      return
    case 'APPEND':
    case 'SUBTRACT': {
      const definition = target.listDefinition(name, operation)
      const items = (next.get(name) ?? formatValue(definition.default, 'LIST') ?? '')
        .split(',')
        .filter((item) => item !== '')
      next.set(name, changeItems(items, operation, value!.split(',')).join(','))
    }
  }
}

/** Items that are there already are not added again. */
function changeItems(items: readonly string[], operation: 'APPEND' | 'SUBTRACT', changed: readonly string[]): string[] {
  if (operation === 'APPEND') return [...new Set([...items, ...changed])]
  const removed = new Set(changed)
  return items.filter((item) => !removed.has(item))
}
