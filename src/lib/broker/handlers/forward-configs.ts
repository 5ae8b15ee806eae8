import { CONFIG_RESOURCE_TYPES } from '../../protocol/apis/describe-configs.ts'
import { ERRORS } from '../../protocol/errors.ts'
import type { ApiHandler, RequestContext } from '../handle.ts'
import { forwarded } from './forward.ts'

type Resource = {
  readonly resourceType: number
  readonly resourceName: string
}
type Result = Resource & { readonly errorCode: number }

interface Request {
  readonly resources: readonly Resource[]
  readonly validateOnly: boolean
}

/**
 * An API that changes settings, on a broker without a controller of its own: loggers are this broker's, and so is the
 * say in what brokers are set to, for the controller would take any (ConfigAdminManager.preprocess). The rest is
 * forwarded.
 */
export function forwardedConfigs(handler: ApiHandler): ApiHandler {
  const { run: forward } = forwarded(handler)
  const run = async (request: Request, context: RequestContext): Promise<{ responses: Result[] }> => {
    const ask = async (by: ApiHandler['run'], change: Partial<Request>): Promise<Result[]> => {
      if (change.resources?.length === 0) return []
      const answer = (await by({ ...request, ...change } as never, context)) as unknown as { responses: Result[] }
      return answer.responses
    }
    const ofType = (type: number): Resource[] => request.resources.filter(({ resourceType }) => resourceType === type)
    const loggers = ofType(CONFIG_RESOURCE_TYPES.brokerLogger)
    const checked = await ask(handler.run, { resources: ofType(CONFIG_RESOURCE_TYPES.broker), validateOnly: true })
    const refused = checked.filter(({ errorCode }) => errorCode !== ERRORS.NONE)
    const answered = new Set([...loggers, ...refused].map(keyOf))
    const rest = request.resources.filter((resource) => !answered.has(keyOf(resource)))
    return {
      responses: [
        ...(await ask(handler.run, { resources: loggers })),
        ...refused,
        ...(await ask(forward, { resources: rest })),
      ],
    }
  }
  return { ...handler, run: run as unknown as ApiHandler['run'] }
}

const keyOf = ({ resourceType, resourceName }: Resource): string => `${resourceType} ${resourceName}`
