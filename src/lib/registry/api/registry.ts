import { contextNotEmpty } from '../errors.ts'
import { hasPrefix } from '../subject.ts'
import { paged, type Call, type Route } from './route.ts'

/** What a registry says of itself, and its contexts. */
export const registryRoutes: readonly Route[] = [
  { method: 'GET', path: '/', run: () => ({}) },
  { method: 'GET', path: '/contexts', run: listContexts },
  { method: 'DELETE', path: '/contexts/:context', isChange: true, run: deleteContext },
  {
    method: 'GET',
    path: '/v1/metadata/id',
    run: ({ about: { clusterId, groupId } }) => ({
      scope: { path: [], clusters: { 'kafka-cluster': clusterId, 'schema-registry-cluster': groupId } },
    }),
  },
  {
    method: 'GET',
    path: '/v1/metadata/version',
    run: ({ about: { version } }) => ({ version, commitId: '' }),
  },
  { method: 'GET', path: '/v1/metadata/deployment', run: () => ({ attributes: ['opensource'] }) },
]

function listContexts(call: Call): string[] {
  const prefix = call.query.get('contextPrefix') ?? ''
  return paged(
    call.registry.catalog.contextNames().filter((context) => context.startsWith(prefix)),
    call,
  )
}

async function deleteContext({ registry, path }: Call): Promise<undefined> {
  const context = contextIn(path['context']!)
  const { catalog } = registry
  await registry.change(() => {
    if (catalog.subjectNames('with').some(hasPrefix('', context))) throw contextNotEmpty(context)
    return [
      ...(catalog.ownConfig(`:${context}:`) ? [{ type: 'config', scope: `:${context}:`, config: null } as const] : []),
      ...(catalog.ownMode(`:${context}:`) ? [{ type: 'mode', scope: `:${context}:`, mode: null } as const] : []),
      { type: 'context', context, isGone: true },
    ]
  })
  return undefined
}

/** The context of a path: `.ctx`, or as it stands before a subject, `:.ctx:`. */
export function contextIn(word: string): string {
  const name = word.replace(/^:|:$/g, '')
  return name.startsWith('.') ? name : `.${name}`
}
