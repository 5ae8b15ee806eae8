import { CONFIG_RESOURCE_TYPES } from '../../protocol/apis/describe-configs.ts'
import type { Fields, Message } from '../../protocol/schema.ts'
import type { ApiHandler, RequestContext } from '../handle.ts'
import { forwarded } from './forward.ts'

type Resource = {
  readonly resourceType: number
  readonly resourceName: string
}
type Request = Message<Fields> & {
  readonly resources: readonly Resource[]
}
type Response = {
  readonly responses: readonly Resource[]
}

/**
 * An API that changes settings, on a broker without a controller of its own: loggers are this broker's, and a change
 * of another broker is refused here, for the controller would make it (ConfigAdminManager.preprocess). The rest is
 * forwarded.
 */
export function forwardedConfigs(handler: ApiHandler): ApiHandler {
  const { run: forward } = forwarded(handler)
  const run = async (request: Request, context: RequestContext): Promise<Response> => {
    const isOurs = (resource: Resource): boolean => isAnsweredHere(resource, context.broker.nodeId)
    const answer = async (by: ApiHandler['run'], resources: readonly Resource[]): Promise<readonly Resource[]> =>
      resources.length === 0 ? [] : ((await by({ ...request, resources } as never, context)) as Response).responses
    const [here, there] = [
      await answer(handler.run, request.resources.filter(isOurs)),
      await answer(
        forward,
        request.resources.filter((resource) => !isOurs(resource)),
      ),
    ]
    return { responses: [...here, ...there] }
  }
  return { ...handler, run: run as ApiHandler['run'] }
}

function isAnsweredHere({ resourceType, resourceName }: Resource, nodeId: number): boolean {
  if (resourceType === CONFIG_RESOURCE_TYPES.brokerLogger) return true
  return resourceType === CONFIG_RESOURCE_TYPES.broker && resourceName !== '' && resourceName !== String(nodeId)
}
