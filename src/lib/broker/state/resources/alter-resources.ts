import { KafkaError } from '../../../errors.ts'
import { ERRORS } from '../../../protocol/errors.ts'
import { refusalOf } from '../refusal.ts'
import { inTurns, type Turns } from '../turns.ts'

interface Resource {
  readonly resourceType: number
  readonly resourceName: string
  readonly configs: readonly { readonly name: string }[]
}

interface ResourceResponse {
  readonly resourceType: number
  readonly resourceName: string
  readonly errorCode: number
  readonly errorMessage: string | null
}

/**
 * Changes resources one by one, each whole or not at all, and answers for each (ConfigAdminManager.preprocess): a
 * resource must not appear twice, nor a setting within it. `alter` throws KafkaError for a change that is refused.
 */
export async function alterResources<R extends Resource>(
  turns: Turns,
  resources: readonly R[],
  alter: (resource: R) => void,
): Promise<ResourceResponse[]> {
  const repeated = repetitions(resources.map(key))
  return inTurns(turns, resources, (resource) => {
    const { resourceType, resourceName } = resource
    try {
      if (repeated.has(key(resource)))
        throw new KafkaError('INVALID_REQUEST', 'Each resource must appear at most once.')
      const names = resource.configs.map(({ name }) => name)
      if (repetitions(names).size > 0) throw new KafkaError('INVALID_REQUEST', 'Error due to duplicate config keys')
      alter(resource)
      return { resourceType, resourceName, errorCode: ERRORS.NONE, errorMessage: null }
    } catch (error) {
      return { resourceType, resourceName, ...refusalOf(error) }
    }
  })
}

const key = ({ resourceType, resourceName }: Resource): string => `${resourceType} ${resourceName}`

function repetitions(names: readonly string[]): ReadonlySet<string> {
  const seen = new Set<string>()
  return new Set(names.filter((name) => seen.size === seen.add(name).size))
}
